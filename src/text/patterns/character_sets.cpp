#include "text/patterns/character_sets.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <memory>
#include <new>
#include <vector>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

constexpr char32_t kCodePoints = 0x110000;
constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kLastSurrogate = 0xDFFF;

bool is_surrogate(char32_t code) { return code >= kFirstSurrogate && code <= kLastSurrogate; }

/// Code points in which versions of Unicode differ. Beyond lie private use and planes that none has
/// assigned.
bool may_differ(char32_t code) {
  return code < 0x40000 ? !is_surrogate(code) : code >= 0xE0000 && code < 0xE1000;
}

/// All of these, in order.
const std::string& code_points_that_may_differ() {
  static const std::string all = [] {
    std::string text;
    char bytes[4];
    for (char32_t code = 0; code < kCodePoints; ++code)
      if (may_differ(code)) text.append(bytes, encode(code, bytes));
    return text;
  }();
  return all;
}

/// Which code points, of those that may differ, PCRE2 finds in the set between brackets.
std::vector<bool> found_by_pcre2(const std::string& brackets) {
  const std::string expression = "[" + brackets + "]+";
  int error = 0;
  std::size_t at = 0;
  const std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code(
      pcre2_compile(reinterpret_cast<const unsigned char*>(expression.data()), expression.size(),
                    PCRE2_UTF | PCRE2_UCP, &error, &at, nullptr),
      pcre2_code_free);
  std::vector<bool> found(kCodePoints);
  if (!code) return found;  // a set that this PCRE2 does not have: all of it is spelled out
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
  if (!data) throw std::bad_alloc();
  const std::string& all = code_points_that_may_differ();
  const auto* bytes = reinterpret_cast<const unsigned char*>(all.data());
  for (std::size_t begin = 0; pcre2_match(code.get(), bytes, all.size(), begin, PCRE2_NO_UTF_CHECK,
                                          data.get(), nullptr) >= 0;) {
    const std::size_t* ends = pcre2_get_ovector_pointer(data.get());
    for (std::size_t i = ends[0]; i < ends[1];) {
      const auto [code_point, size] = decode(all, i);
      found[code_point] = true;
      i += size;
    }
    begin = ends[1];
  }
  return found;
}

/// The code points that pass, as ranges.
template <typename Passes>
std::string ranges(const Passes& passes) {
  std::string text;
  for (char32_t code = 0; code < kCodePoints; ++code) {
    if (is_surrogate(code) || !passes(code)) continue;
    const char32_t first = code;
    while (code + 1 < kCodePoints && !is_surrogate(code + 1) && passes(code + 1)) ++code;
    text += fmt::format("\\x{{{:x}}}", static_cast<std::uint32_t>(first));
    if (code > first) text += fmt::format("-\\x{{{:x}}}", static_cast<std::uint32_t>(code));
  }
  return text;
}

CharacterSet of_categories(std::string near, Categories categories) {
  return {std::move(near),
          [categories](char32_t code) { return contains(categories, category_of(code)); }};
}

CharacterSet of_flag(std::string near, Flags flag) {
  return {std::move(near), [flag](char32_t code) { return (flags_of(code) & flag) != 0; }};
}

/// \w of Oniguruma between brackets, which differs from the reference's other \w in joiners.
bool is_word(char32_t code) {
  constexpr std::u32string_view kJoiners = U"\u200c\u200d";
  return (flags_of(code) & kWord) != 0 && kJoiners.find(code) == kJoiners.npos;
}
/// And the same outside of brackets.
bool is_word_or_power(char32_t code) {
  constexpr std::u32string_view kMore = U"\u00b2\u00b3\u00b9\u00bc\u00bd\u00be";
  return is_word(code) || kMore.find(code) != kMore.npos;
}

/// A set of PCRE2, and what has been assigned since its Unicode: that is of one of `categories`.
CharacterSet widened(std::string near, Categories categories) {
  CharacterSet set = of_categories(std::move(near), categories);
  set.widened = true;
  return set;
}

constexpr Categories kAlphabetic = kLetters | set_of(Category::letter_number);

/// Names of sets that are no categories, as Oniguruma has them.
struct Name {
  std::string_view name;
  CharacterSet (*make)(NamedIn place);
};
constexpr Name kNames[] = {
    {"alnum",
     [](NamedIn) {
       return widened(R"(\p{Alphabetic}\p{Nd})", kAlphabetic | set_of(Category::decimal_number));
     }},
    {"alpha", [](NamedIn) { return widened(R"(\p{Alphabetic})", kAlphabetic); }},
    {"any",
     [](NamedIn) { return CharacterSet{R"(\x{0}-\x{10ffff})", [](char32_t) { return true; }}; }},
    {"blank", [](NamedIn) { return CharacterSet{R"(\p{Zs}\t)", nullptr}; }},
    {"cntrl", [](NamedIn) { return of_categories(R"(\p{Cc})", set_of(Category::control)); }},
    {"digit", [](NamedIn place) { return set_of_escape('d', place); }},
    {"lower",
     [](NamedIn) { return widened(R"(\p{Lowercase})", set_of(Category::lowercase_letter)); }},
    {"punct",
     [](NamedIn place) {
       return place == NamedIn::posix_brackets
                  ? of_categories(R"(\p{P}\p{S})", kPunctuations | kSymbols)
                  : of_categories(R"(\p{P})", kPunctuations);
     }},
    {"space", [](NamedIn place) { return set_of_escape('s', place); }},
    {"upper",
     [](NamedIn) { return widened(R"(\p{Uppercase})", set_of(Category::uppercase_letter)); }},
    {"word", [](NamedIn place) { return set_of_escape('w', place); }},
    {"xdigit", [](NamedIn place) { return set_of_escape('h', place); }},
};

}  // namespace

CharacterSet set_of_escape(char escape, NamedIn place) {
  switch (escape) {
    case 'd':
      return of_categories(R"(\p{Nd})", set_of(Category::decimal_number));
    case 's':
      return of_flag(R"(\p{Z}\x{9}-\x{d}\x{85})", kWhiteSpace);
    case 'w':
      if (place == NamedIn::expression)
        return {R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{b2}\x{b3}\x{b9}\x{bc}-\x{be})",
                is_word_or_power};
      return {R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})", is_word};
    default:
      return {"0-9A-Fa-f", nullptr};
  }
}

std::optional<CharacterSet> set_of_name(std::string_view name, NamedIn place) {
  std::string plain;
  for (const char letter : name)
    if (letter != ' ' && letter != '-' && letter != '_')
      plain += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter | 0x20) : letter;
  for (const Name& row : kNames)
    if (row.name == plain) return row.make(place);
  if (const NamedCategories* found = categories_named(name))
    return of_categories(fmt::format("\\p{{{}}}", found->brief), found->set);
  return std::nullopt;
}

std::string SetWriter::between_brackets(const CharacterSet& set, bool negated) {
  if (!negated && !set.contains) return set.near;
  std::string& text = written_[{set.near, negated}];
  if (!text.empty()) return text;
  const bool near_counts = !set.contains || set.widened;
  std::vector<bool> near;
  if (!negated || near_counts) near = found_by_pcre2(set.near);
  const auto contains = [&](char32_t code) {
    return (near_counts && near[code]) || (set.contains && set.contains(code));
  };
  if (negated) return text = ranges([&](char32_t code) { return !contains(code); });
  bool too_many = false;
  const std::string missing = ranges([&](char32_t code) {
    if (!may_differ(code) || near[code] == contains(code)) return false;
    too_many = too_many || near[code];
    return !near[code];
  });
  return text = too_many ? ranges(contains) : set.near + missing;
}

}  // namespace kindred::text
