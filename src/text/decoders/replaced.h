/// Strings in place of strings.
#pragma once

#include <string>
#include <string_view>

namespace kindred::text {

/// `text` with every `from`, found one after the other, replaced; an empty `from` is found nowhere.
inline std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t done = 0;
  if (!from.empty())
    for (std::size_t at = text.find(from); at != std::string_view::npos;
         at = text.find(from, done)) {
      result.append(text, done, at - done).append(to);
      done = at + from.size();
    }
  return result.append(text, done);
}

/// What English tokenization did is undone: blanks before marks and contractions.
std::string cleaned_up(std::string text);

}  // namespace kindred::text
