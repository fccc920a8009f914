#include "text/pre_tokenizers/byte_level.h"

#include <utility>

#include "text/byte_alphabet.h"
#include "text/patterns/gpt2_words.h"

namespace kindred::text {
namespace {

/// A blank before each word that begins with none; it comes from where the word's first code point
/// does.
void add_prefix_spaces(SplitText& text, SplitText& spare) {
  const NormalizedText& from = text.normalized;
  NormalizedText& to = spare.normalized;
  to.clear(from.with_origins);
  spare.words.clear();
  for (const Word word : text.words) {
    const auto begin = static_cast<std::uint32_t>(to.text.size());
    if (from.text[word.begin] != ' ') to.append(std::string_view(" "), from.origin(word.begin));
    to.append(from, word.begin, word.end);
    spare.words.push_back({begin, static_cast<std::uint32_t>(to.text.size())});
  }
  std::swap(text.words, spare.words);
  std::swap(text.normalized, spare.normalized);
}

void spell_words(SplitText& text, SplitText& spare) {
  const NormalizedText& from = text.normalized;
  NormalizedText& to = spare.normalized;
  to.clear(from.with_origins);
  spare.words.clear();
  for (const Word word : text.words) {
    const auto begin = static_cast<std::uint32_t>(to.text.size());
    for (std::uint32_t i = word.begin; i < word.end; ++i)
      to.append(byte_alphabet()[static_cast<unsigned char>(from.text[i])], from.origin(i));
    spare.words.push_back({begin, static_cast<std::uint32_t>(to.text.size())});
  }
  std::swap(text.words, spare.words);
  std::swap(text.normalized, spare.normalized);
}

}  // namespace

void ByteLevel::split(SplitText& text, SplitText& spare) const {
  if (options_.add_prefix_space) add_prefix_spaces(text, spare);
  if (options_.use_regex)
    split_each(text, spare, [](std::string_view word, const auto& keep) {
      const Characters characters(word);
      for (std::size_t begin = 0; begin < word.size();) {
        const std::size_t end = Gpt2Words::end(characters, begin);
        keep(begin, end);
        begin = end;
      }
    });
  if (options_.spell) spell_words(text, spare);
}

std::unique_ptr<const PreTokenizer> ByteLevel::without_spelling() const {
  Options options = options_;
  options.spell = false;
  return std::make_unique<ByteLevel>(options);
}

Result<std::unique_ptr<const PreTokenizer>> read_byte_level(const JsonPart& part) {
  ByteLevel::Options options;
  options.add_prefix_space = KINDRED_TRY(part.flag("add_prefix_space", true));
  options.use_regex = KINDRED_TRY(part.flag("use_regex", true));
  return std::make_unique<ByteLevel>(options);
}

}  // namespace kindred::text
