#include "text/models/kinds.h"

#include <algorithm>
#include <span>
#include <string_view>

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

/// What a model that names no type must have. The first that has all of its fields is taken, as in
/// the reference, so WordPiece, which has those of WordLevel too, stands before it.
struct Untyped {
  std::string_view fields[4];  // at most; the others are empty
  Read* read;
};
constexpr Untyped kUntyped[] = {
    {{"vocab", "merges"}, read_bpe},
    {{"vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word"},
     read_word_piece},
    {{"vocab", "unk_token"}, read_word_level},
    {{"vocab"}, read_unigram},
};

bool has(const JsonPart& part, std::string_view field) {
  return part.fields().at_key(field).error() == simdjson::SUCCESS;
}

}  // namespace

Result<void> read_model(const JsonPart& part, TokenizerSpecification& out) {
  // Files of before kinds had names are known by their fields.
  if (!has(part, "type"))
    for (const Untyped& kind : kUntyped)
      if (std::ranges::all_of(kind.fields, [&](std::string_view field) {
            return field.empty() || has(part, field);
          }))
        return kind.read(part, out);
  const Kind<Read>* kind =
      KINDRED_TRY(find_kind(part, "model", std::span<const Kind<Read>>(kKinds)));
  return kind->read(part, out);
}

}  // namespace kindred::text
