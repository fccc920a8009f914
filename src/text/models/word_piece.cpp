#include "text/models/word_piece.h"

#include <algorithm>
#include <utility>

#include "text/models/read_vocabulary.h"

namespace kindred::text {
namespace {

Trie trie_of(const Vocabulary& vocabulary) {
  std::vector<std::pair<std::string_view, std::int32_t>> strings;
  strings.reserve(vocabulary.size());
  for (std::uint32_t id = 0; id < vocabulary.ids(); ++id)
    if (const std::string_view token = vocabulary.token(id); !token.empty())
      strings.emplace_back(token, static_cast<std::int32_t>(id));
  return Trie(strings);
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

}  // namespace

WordPiece::WordPiece(const Vocabulary& vocabulary, const WordPieceOptions& options)
    : trie_(trie_of(vocabulary)),
      continuing_(trie_.walk(trie_.root(), options.continuing_prefix)),
      unknown_(*vocabulary.id(options.unknown_token)),
      max_chars_(options.max_input_chars_per_word) {}

void WordPiece::cut(const SplitText& text, std::size_t limit, Scratch* /*scratch*/,
                    std::vector<Token>& tokens) const {
  for (const Word place : text.words) {
    const std::string_view word = text.word(place);
    const Piece piece = longest(trie_.root(), word, 0);
    // The common case: the word is a piece.
    if (piece.end == word.size() && word.size() <= max_chars_) {
      tokens.push_back({piece.id, place.begin, place.end});
    } else {
      cut_further(piece, word, place.begin, tokens);
    }
    if (tokens.size() > limit) return;
  }
}

void WordPiece::cut_further(Piece piece, std::string_view word, std::uint32_t word_begin,
                            std::vector<Token>& tokens) const {
  const std::size_t before = tokens.size();
  if (code_points(word) <= max_chars_) {
    std::uint32_t begin = 0;
    while (piece.end != begin) {
      tokens.push_back({piece.id, word_begin + begin, word_begin + piece.end});
      begin = piece.end;
      if (begin == word.size()) return;
      if (continuing_ == Trie::kNone) break;
      piece = longest(continuing_, word, begin);
    }
    tokens.resize(before);
  }
  tokens.push_back({unknown_, word_begin, word_begin + static_cast<std::uint32_t>(word.size())});
}

Result<void> read_word_piece(const JsonPart& part, TokenizerSpecification& out) {
  WordPieceOptions options;
  options.unknown_token = KINDRED_TRY(part.text("unk_token", "[UNK]"));
  options.continuing_prefix = KINDRED_TRY(part.text("continuing_subword_prefix", "##"));
  options.max_input_chars_per_word = KINDRED_TRY(part.number("max_input_chars_per_word", 100));
  KINDRED_TRY(read_vocabulary(part, "vocab", out.vocabulary));
  if (!out.vocabulary.id(options.unknown_token))
    return fail(ErrorCode::corrupt, fmt::format("{}: the vocabulary has no unknown token \"{}\"",
                                                part.place(), options.unknown_token));
  out.model = std::make_unique<WordPiece>(out.vocabulary, options);
  return {};
}

}  // namespace kindred::text
