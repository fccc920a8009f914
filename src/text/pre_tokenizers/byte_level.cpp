#include "text/pre_tokenizers/byte_level.h"

#include <array>
#include <utility>

#include "text/byte_alphabet.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// What a code point is to the expression.
enum class Class : std::uint8_t { other, letter, number, space };

Class class_of(Flags flags) {
  if ((flags & kLetter) != 0) return Class::letter;
  if ((flags & kNumber) != 0) return Class::number;
  return (flags & kWhiteSpace) != 0 ? Class::space : Class::other;
}

struct Classes {
  std::array<Class, 128> ascii;
  Classes() {
    for (char32_t code = 0; code < ascii.size(); ++code) ascii[code] = class_of(flags_of(code));
  }
};

/// Walks over a text as the expression does.
class Gpt2Words {
 public:
  explicit Gpt2Words(std::string_view text) : text_(text) {}

  /// Where the word that begins at `i`, before the end, ends.
  std::size_t end(std::size_t i) const {
    const char first = text_[i];
    if (first == '\'')
      if (const std::size_t size = contraction(i + 1); size > 0) return i + 1 + size;
    // A blank belongs to what is behind it, unless that is white space.
    const std::size_t begin = first == ' ' && i + 1 < text_.size() ? i + 1 : i;
    const auto [kind, size] = at(begin);
    if (kind != Class::space) return after_run(kind, begin + size);
    return after_space(i);
  }

 private:
  struct One {
    Class kind;
    std::uint32_t size;
  };
  One at(std::size_t i) const {
    static const Classes classes;
    const auto byte = static_cast<unsigned char>(text_[i]);
    if (byte < 0x80) return {classes.ascii[byte], 1};
    const auto [code, size] = decode(text_, i);
    return {class_of(flags_of(code)), size};
  }
  std::size_t after_run(Class kind, std::size_t i) const {
    while (i < text_.size()) {
      const One one = at(i);
      if (one.kind != kind) break;
      i += one.size;
    }
    return i;
  }
  /// White space but for its last code point, where a word follows it and there are more.
  std::size_t after_space(std::size_t i) const {
    std::size_t last = i;
    std::size_t end = i;
    while (end < text_.size()) {
      const One one = at(end);
      if (one.kind != Class::space) break;
      last = end;
      end += one.size;
    }
    return end == text_.size() || last == i ? end : last;
  }
  /// Bytes of "s", "t", "re", "ve", "m", "ll" or "d" at `i`; 0: none.
  std::size_t contraction(std::size_t i) const {
    if (i >= text_.size()) return 0;
    const char first = text_[i];
    if (first == 's' || first == 't' || first == 'm' || first == 'd') return 1;
    const char second = i + 1 < text_.size() ? text_[i + 1] : '\0';
    const bool two = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                     (first == 'l' && second == 'l');
    return two ? 2 : 0;
  }

  std::string_view text_;
};

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
      const Gpt2Words words(word);
      for (std::size_t begin = 0; begin < word.size();) {
        const std::size_t end = words.end(begin);
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
