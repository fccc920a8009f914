#include "text/pre_tokenizers/kinds.h"

#include "text/pre_tokenizers/bert_pre_tokenizer.h"
#include "text/pre_tokenizers/byte_level.h"
#include "text/pre_tokenizers/metaspace.h"

namespace kindred::text {
namespace {

using Read = Result<std::unique_ptr<const PreTokenizer>>(const JsonPart&);
constexpr Kind<Read> kKinds[] = {
    {"BertPreTokenizer", read_bert_pre_tokenizer},
    {"ByteLevel", read_byte_level},
    {"Metaspace", read_metaspace},
};

}  // namespace

Result<void> read_pre_tokenizers(const JsonPart& part,
                                 std::vector<std::unique_ptr<const PreTokenizer>>& out) {
  return read_sequence(part, "pre-tokenizer", "pretokenizers", std::span<const Kind<Read>>(kKinds),
                       out);
}

}  // namespace kindred::text
