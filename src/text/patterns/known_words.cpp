#include "text/patterns/known_words.h"

#include <string>

#include "text/patterns/deepseek_words.h"
#include "text/patterns/gpt2_words.h"
#include "text/patterns/gpt4_words.h"
#include "text/patterns/walk.h"

namespace kindred::text {
namespace {

/// \p{N}{1,digits}
template <std::size_t digits>
struct Numbers {
  static std::size_t end(const Characters& text, std::size_t i) {
    return text.after(kIsNumber, i, digits);
  }
};

struct Row {
  std::string_view expression;
  std::unique_ptr<const Pattern> (*make)();
};
constexpr Row kRows[] = {
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
     walk<Gpt2Words>},
    // cl100k_base, Llama 3.
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3})"
     R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     walk<Gpt4Words<Gpt4Rules{}>>},
    // Qwen 2 and 3.
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})"
     R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     walk<Gpt4Words<Gpt4Rules{.digits = 1}>>},
    // Qwen 3.5.
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N})"
     R"(| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     walk<Gpt4Words<Gpt4Rules{.marks_are_letters = true, .digits = 1}>>},
    // o200k_base, Llama 4.
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
     R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
     R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     walk<Gpt4Words<Gpt4Rules{.cased = true, .slashes_behind_signs = true}>>},
    // Mistral's Tekken.
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
     R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
     R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     walk<Gpt4Words<Gpt4Rules{
         .cased = true, .contractions = false, .digits = 1, .slashes_behind_signs = true}>>},
    // DeepSeek-V3's three, one after the other.
    {R"(\p{N}{1,3})", walk<Numbers<3>>},
    {"[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+", walk<DeepSeekChinese>},
    {R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+)"
     R"(|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*)"
     R"(|\s*[\r\n]+|\s+(?!\S)|\s+)",
     walk<DeepSeekWords>},
};

}  // namespace

std::unique_ptr<const Pattern> known_words(std::string_view expression) {
  // Some files have the newlines themselves where others have their escapes.
  std::string escaped;
  for (const char letter : expression) {
    if (letter == '\r') {
      escaped += "\\r";
    } else if (letter == '\n') {
      escaped += "\\n";
    } else {
      escaped += letter;
    }
  }
  for (const Row& row : kRows)
    if (row.expression == escaped) return row.make();
  return nullptr;
}

std::vector<std::string_view> known_expressions() {
  std::vector<std::string_view> expressions;
  for (const Row& row : kRows) expressions.push_back(row.expression);
  return expressions;
}

}  // namespace kindred::text
