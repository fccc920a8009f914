#include "text/models/word_level.h"

#include <fmt/format.h>

#include <utility>

#include "text/models/read_vocabulary.h"
#include "text/text_error.h"

namespace kindred::text {

WordLevel::WordLevel(Vocabulary vocabulary, std::string_view unknown_token)
    : vocabulary_(std::move(vocabulary)), unknown_(vocabulary_.id(unknown_token)) {}

void WordLevel::cut(const SplitText& text, std::size_t limit, Scratch* /*scratch*/,
                    std::vector<Token>& tokens) const {
  for (const Word place : text.words) {
    auto id = vocabulary_.id(text.word(place));
    if (!id) id = unknown_;
    if (!id)
      throw TextError(fmt::format("the vocabulary has no \"{}\", and no token for what is unknown",
                                  text.word(place)));
    tokens.push_back({*id, place.begin, place.end});
    if (tokens.size() > limit) return;
  }
}

Result<void> read_word_level(const JsonPart& part, TokenizerSpecification& out) {
  const std::string unknown = KINDRED_TRY(part.text("unk_token", "<unk>"));
  KINDRED_TRY(read_vocabulary(part, "vocab", out.vocabulary));
  out.model = std::make_unique<WordLevel>(out.vocabulary, unknown);
  return {};
}

}  // namespace kindred::text
