/// BertProcessing: [CLS] A [SEP], and [CLS] A [SEP] B [SEP] where the last [SEP] has type 1.
#pragma once

#include <memory>
#include <string_view>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/post_processor.h"

namespace kindred::text {

class BertProcessing final : public PostProcessor {
 public:
  BertProcessing(std::uint32_t cls, std::uint32_t sep) : cls_(cls), sep_(sep) {}
  std::size_t added(bool pair) const override { return pair ? 3 : 2; }
  Result<void> process(bool special_tokens, std::vector<Strand>& strands) const override;

 private:
  std::uint32_t cls_;
  std::uint32_t sep_;
};

Result<std::unique_ptr<const PostProcessor>> read_bert_processing(const JsonPart& part);
/// The id of ["[SEP]", 102], the field `field` of a post-processor.
Result<std::uint32_t> read_token_and_id(const JsonPart& part, std::string_view field);

}  // namespace kindred::text
