#include "text/models/kinds.h"

#include "text/models/bpe.h"
#include "text/models/unigram.h"
#include "text/models/word_level.h"
#include "text/models/word_piece.h"

namespace kindred::text {
namespace {

using Read = Result<void>(const JsonPart&, TokenizerSpecification&);
constexpr Kind<Read> kKinds[] = {
    {"Unigram", read_unigram},
    {"BPE", read_bpe},
    {"WordPiece", read_word_piece},
    {"WordLevel", read_word_level},
};

bool has(const JsonPart& part, std::string_view field) {
  return part.fields().at_key(field).error() == simdjson::SUCCESS;
}

}  // namespace

Result<void> read_model(const JsonPart& part, TokenizerSpecification& out) {
  if (!has(part, "type")) {
    // Files of before kinds had names are known by their fields.
    if (has(part, "merges")) return read_bpe(part, out);
    if (has(part, "continuing_subword_prefix")) return read_word_piece(part, out);
    if (has(part, "unk_token")) return read_word_level(part, out);
    if (has(part, "vocab")) return read_unigram(part, out);
  }
  const Kind<Read>* kind =
      KINDRED_TRY(find_kind(part, "model", std::span<const Kind<Read>>(kKinds)));
  return kind->read(part, out);
}

}  // namespace kindred::text
