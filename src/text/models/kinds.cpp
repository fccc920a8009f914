#include "text/models/kinds.h"

#include "text/models/bpe.h"
#include "text/models/unigram.h"
#include "text/models/word_piece.h"

namespace kindred::text {
namespace {

using Read = Result<void>(const JsonPart&, TokenizerSpecification&);
constexpr Kind<Read> kKinds[] = {
    {"Unigram", read_unigram},
    {"BPE", read_bpe},
    {"WordPiece", read_word_piece},
};

}  // namespace

Result<void> read_model(const JsonPart& part, TokenizerSpecification& out) {
  // Files of before there was another kind with merges name none.
  simdjson::dom::element field;
  if (part.fields().at_key("type").get(field) != simdjson::SUCCESS &&
      part.fields().at_key("merges").get(field) == simdjson::SUCCESS)
    return read_bpe(part, out);
  const Kind<Read>* kind =
      KINDRED_TRY(find_kind(part, "model", std::span<const Kind<Read>>(kKinds)));
  return kind->read(part, out);
}

}  // namespace kindred::text
