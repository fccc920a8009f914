#include "text/pre_tokenizers/kinds.h"

#include "text/pre_tokenizers/bert_pre_tokenizer.h"
#include "text/pre_tokenizers/byte_level.h"
#include "text/pre_tokenizers/metaspace.h"
#include "text/pre_tokenizers/split.h"
#include "text/pre_tokenizers/splits.h"

namespace kindred::text {
namespace {

using Read = Result<std::unique_ptr<const PreTokenizer>>(const JsonPart&);
constexpr Kind<Read> kKinds[] = {
    {"BertPreTokenizer", read_bert_pre_tokenizer},
    {"ByteLevel", read_byte_level},
    {"CharDelimiterSplit", read_char_delimiter_split},
    {"Digits", read_digits},
    {"FixedLength", read_fixed_length},
    {"Metaspace", read_metaspace},
    {"Punctuation", read_punctuation},
    {"Split", read_split},
    {"UnicodeScripts", read_unicode_scripts},
    {"Whitespace", read_whitespace},
    {"WhitespaceSplit", read_whitespace_split},
};

}  // namespace

Result<void> read_pre_tokenizers(const JsonPart& part,
                                 std::vector<std::unique_ptr<const PreTokenizer>>& out) {
  return read_sequence(part, "pre-tokenizer", "pretokenizers", std::span<const Kind<Read>>(kKinds),
                       out);
}

}  // namespace kindred::text
