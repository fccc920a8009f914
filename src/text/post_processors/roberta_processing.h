/// RobertaProcessing: <s> A </s>, and <s> A </s> </s> B </s>, all of type 0; offsets without blanks
/// (trim_offsets.h), if the file says so.
#pragma once

#include <memory>
#include <optional>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/byte_level_offsets.h"
#include "text/post_processors/post_processor.h"

namespace kindred::text {

class RobertaProcessing final : public PostProcessor {
 public:
  RobertaProcessing(std::uint32_t cls, std::uint32_t sep, std::optional<ByteLevelOffsets> trim)
      : cls_(cls), sep_(sep), trim_(trim) {}
  std::size_t added(bool pair) const override { return pair ? 4 : 2; }
  Result<void> process(bool special_tokens, std::vector<Strand>& strands) const override;

 private:
  std::uint32_t cls_;
  std::uint32_t sep_;
  std::optional<ByteLevelOffsets> trim_;
};

Result<std::unique_ptr<const PostProcessor>> read_roberta_processing(const JsonPart& part);

}  // namespace kindred::text
