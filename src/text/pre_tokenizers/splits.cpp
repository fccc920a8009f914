#include "text/pre_tokenizers/splits.h"

#include <string>
#include <utility>

#include "text/pre_tokenizers/split_behavior.h"
#include "text/unicode/scripts.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// Finds(word, found): fills in all of a word, in order.
template <typename Finds>
class Splitting final : public PreTokenizer {
 public:
  Splitting(SplitBehavior behavior, Finds finds) : behavior_(behavior), finds_(std::move(finds)) {}

  void split(SplitText& text, SplitText& spare) const override {
    std::vector<Found> found;
    split_each(text, spare, [&](std::string_view word, const auto& keep) {
      found.clear();
      finds_(word, found);
      behavior_(found);
      for (const Found& part : found) keep(part.begin, part.end);
    });
  }

 private:
  SplitBehavior behavior_;
  Finds finds_;
};

template <typename Finds>
std::unique_ptr<const PreTokenizer> splitting(SplitBehavior behavior, Finds finds) {
  return std::make_unique<Splitting<Finds>>(behavior, std::move(finds));
}

/// Every code point that passes is a match; what lies between two is one stretch.
template <typename Passes>
auto each_code_point(Passes passes) {
  return [passes](std::string_view word, std::vector<Found>& found) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < word.size();) {
      const auto [code, size] = decode(word, i);
      if (passes(code)) {
        if (done < i) found.push_back({done, i, false});
        done = i + size;
        found.push_back({i, done, true});
      }
      i += size;
    }
    if (done < word.size()) found.push_back({done, word.size(), false});
  };
}

auto with_flag(Flags flag) {
  return each_code_point([flag](char32_t code) { return (flags_of(code) & flag) != 0; });
}

void keep_all(std::vector<Found>& /*found*/) {}
void keep_rest(std::vector<Found>& found) {
  std::erase_if(found, [](const Found& one) { return one.match; });
}

/// \w+|[^\w\s]+
void words_and_signs(std::string_view word, std::vector<Found>& found) {
  enum class Class : std::uint8_t { space, letter, sign };
  const auto class_at = [&](std::size_t i, std::size_t& size) {
    const Decoded one = decode(word, i);
    size = one.size;
    const Flags flags = flags_of(one.code);
    if ((flags & kWord) != 0) return Class::letter;
    return (flags & kWhiteSpace) != 0 ? Class::space : Class::sign;
  };
  for (std::size_t i = 0; i < word.size();) {
    std::size_t size = 0;
    const Class kind = class_at(i, size);
    std::size_t end = i + size;
    while (end < word.size() && class_at(end, size) == kind) end += size;
    if (kind != Class::space) found.push_back({i, end, false});
    i = end;
  }
}

Result<std::string> one_character(const JsonPart& part, std::string_view field) {
  std::string text = KINDRED_TRY(part.text(field, ""));
  if (text.empty() || decode(text, 0).size != text.size())
    return part.wrong(field, "one character");
  return text;
}

}  // namespace

Result<std::unique_ptr<const PreTokenizer>> read_whitespace(const JsonPart& /*part*/) {
  return splitting(keep_all, words_and_signs);
}

Result<std::unique_ptr<const PreTokenizer>> read_whitespace_split(const JsonPart& /*part*/) {
  return splitting(keep_rest, with_flag(kSpace));
}

Result<std::unique_ptr<const PreTokenizer>> read_punctuation(const JsonPart& part) {
  const SplitBehavior behavior = KINDRED_TRY(read_split_behavior(part, "behavior", "Isolated"));
  return splitting(behavior, with_flag(kPunctuation));
}

Result<std::unique_ptr<const PreTokenizer>> read_digits(const JsonPart& part) {
  const bool individual = KINDRED_TRY(part.flag("individual_digits", false));
  if (individual) return splitting(keep_all, with_flag(kDigit));
  return splitting(keep_all,
                   [find = with_flag(kDigit)](std::string_view word, std::vector<Found>& found) {
                     find(word, found);
                     // Numbers that follow one another are one.
                     std::vector<Found> parts;
                     for (const Found& one : found) {
                       if (!parts.empty() && parts.back().match && one.match) {
                         parts.back().end = one.end;
                       } else {
                         parts.push_back(one);
                       }
                     }
                     found = std::move(parts);
                   });
}

Result<std::unique_ptr<const PreTokenizer>> read_char_delimiter_split(const JsonPart& part) {
  const std::string delimiter = KINDRED_TRY(one_character(part, "delimiter"));
  const char32_t wanted = decode(delimiter, 0).code;
  return splitting(keep_rest, each_code_point([wanted](char32_t code) { return code == wanted; }));
}

Result<std::unique_ptr<const PreTokenizer>> read_fixed_length(const JsonPart& part) {
  const std::uint64_t length = KINDRED_TRY(part.number("length", 5));
  if (length == 0) return part.wrong("length", "a whole number of at least 1");
  return splitting(keep_all, [length](std::string_view word, std::vector<Found>& found) {
    std::size_t begin = 0;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < word.size();) {
      i += decode(word, i).size;
      if (++count < length && i < word.size()) continue;
      found.push_back({begin, i, false});
      begin = i;
      count = 0;
    }
  });
}

Result<std::unique_ptr<const PreTokenizer>> read_unicode_scripts(const JsonPart& /*part*/) {
  // (What stands before the first code point of a script goes, as in the reference.)
  return splitting(keep_all, [](std::string_view word, std::vector<Found>& found) {
    Script last = kAnyScript;
    for (std::size_t i = 0; i < word.size();) {
      const auto [code, size] = decode(word, i);
      const Script script = script_of(code);
      if (script != kAnyScript && script != last) {
        if (!found.empty()) found.back().end = i;
        found.push_back({i, word.size(), false});
        last = script;
      }
      i += size;
    }
  });
}

}  // namespace kindred::text
