/// WordLevel: a word is a token, or unknown.
///
/// Thread safety: immutable. Cost: a look-up a word.
#pragma once

#include <optional>
#include <string>

#include "text/json_part.h"
#include "text/models/model.h"
#include "text/specification.h"

namespace kindred::text {

class WordLevel final : public Model {
 public:
  /// Where the vocabulary has no unknown token, a word that it doesn't have is a TextError.
  WordLevel(Vocabulary vocabulary, std::string_view unknown_token);

  void cut(const SplitText& text, std::size_t limit, Scratch* scratch,
           std::vector<Token>& tokens) const override;

 private:
  Vocabulary vocabulary_;
  std::optional<std::uint32_t> unknown_;
};

Result<void> read_word_level(const JsonPart& part, TokenizerSpecification& out);

}  // namespace kindred::text
