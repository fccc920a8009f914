#include "text/patterns/literal.h"

#include "text/unicode/unicode.h"

namespace kindred::text {

void Literal::find(std::string_view text, std::vector<Match>& matches) const {
  if (text.empty()) return;
  if (text_.empty()) {
    for (std::size_t i = 0; i < text.size(); i += decode(text, i).size) matches.push_back({i, i});
    matches.push_back({text.size(), text.size()});
    return;
  }
  for (std::size_t at = text.find(text_); at != std::string_view::npos;
       at = text.find(text_, matches.back().end))
    matches.push_back({at, at + text_.size()});
}

}  // namespace kindred::text
