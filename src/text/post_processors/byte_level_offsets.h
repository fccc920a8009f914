/// ByteLevel as a post-processor: it adds no token; offsets come out without blanks
/// (trim_offsets.h), if the file says so.
#pragma once

#include <memory>
#include <optional>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/post_processor.h"

namespace kindred::text {

class ByteLevelOffsets final : public PostProcessor {
 public:
  explicit ByteLevelOffsets(bool add_prefix_space) : add_prefix_space_(add_prefix_space) {}
  std::size_t added(bool) const override { return 0; }
  Result<void> process(bool special_tokens, std::vector<Strand>& strands) const override;

 private:
  bool add_prefix_space_;
};

/// What the fields "trim_offsets" and "add_prefix_space" say: none where offsets stay.
Result<std::optional<ByteLevelOffsets>> byte_level_offsets(const JsonPart& part);
Result<std::unique_ptr<const PostProcessor>> read_byte_level_offsets(const JsonPart& part);

}  // namespace kindred::text
