#include "text/pre_tokenizers/metaspace.h"

#include <utility>

#include "text/unicode/unicode.h"

namespace kindred::text {

void Metaspace::split(SplitText& given, SplitText& out) const {
  const std::string_view replacement = options_.replacement;
  const char first_byte = replacement.front();
  const NormalizedText& from = given.normalized;
  NormalizedText& to = out.normalized;
  to.clear(from.with_origins);
  to.text.reserve(from.text.size() + from.text.size() / 2);
  out.words.clear();
  for (const Word place : given.words) {
    const std::string_view word = given.word(place);
    const auto is_replacement = [&](std::size_t i) {
      return word[i] == first_byte && word.substr(i).starts_with(replacement);
    };
    auto begin = static_cast<std::uint32_t>(to.text.size());
    const auto end_word = [&] {
      const auto end = static_cast<std::uint32_t>(to.text.size());
      if (begin < end) out.words.push_back({begin, end});
      begin = end;
    };

    const bool prepends = options_.prepend == Prepend::always ||
                          (options_.prepend == Prepend::first && given.begins_text(place));
    if (prepends && word.front() != ' ' && !is_replacement(0))
      to.append(replacement, from.origin(place.begin));
    for (std::size_t i = 0; i < word.size();) {
      std::size_t plain = i;
      while (plain < word.size() && word[plain] != ' ' && !is_replacement(plain)) ++plain;
      to.append(from, place.begin + i, place.begin + plain);
      i = plain;
      if (i == word.size()) break;
      if (options_.split) end_word();
      to.append(replacement, from.origin(place.begin + i));
      i += word[i] == ' ' ? 1 : replacement.size();
    }
    end_word();
  }
  given.words.swap(out.words);
  std::swap(given.normalized, out.normalized);
}

Result<std::unique_ptr<const PreTokenizer>> read_metaspace(const JsonPart& part) {
  Metaspace::Options options;
  options.replacement = KINDRED_TRY(part.required<std::string_view>("replacement", "a character"));
  if (options.replacement.empty() ||
      decode(options.replacement, 0).size != options.replacement.size())
    return part.wrong("replacement", "one character");
  const std::string scheme = KINDRED_TRY(part.text("prepend_scheme", "always"));
  if (scheme == "first") {
    options.prepend = Metaspace::Prepend::first;
  } else if (scheme == "never") {
    options.prepend = Metaspace::Prepend::never;
  } else if (scheme != "always") {
    return part.wrong("prepend_scheme", "\"always\", \"first\" or \"never\"");
  }
  // Before there were schemes: true said always, false never.
  if (!KINDRED_TRY(part.flag("add_prefix_space", true))) {
    if (options.prepend != Metaspace::Prepend::never)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: \"add_prefix_space\" is false, \"prepend_scheme\" \"{}\"",
                              part.place(), scheme));
  }
  options.split = KINDRED_TRY(part.flag("split", true));
  return std::make_unique<Metaspace>(std::move(options));
}

}  // namespace kindred::text
