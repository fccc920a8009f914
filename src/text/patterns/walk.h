/// A pattern from a struct of words, which says where the word that begins at a place ends.
#pragma once

#include <memory>

#include "text/patterns/characters.h"
#include "text/patterns/pattern.h"

namespace kindred::text {

/// `Words::end(text, i)`: where the word at `i`, before the end, ends; `i` where none begins.
template <typename Words>
class WalkedWords final : public Pattern {
 public:
  void find(std::string_view text, std::vector<Match>& matches) const override {
    const Characters characters(text);
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t end = Words::end(characters, i);
      if (end == i) {
        i += characters.at(i).size;
      } else {
        matches.push_back({i, end});
        i = end;
      }
    }
  }
};

template <typename Words>
std::unique_ptr<const Pattern> walk() {
  return std::make_unique<WalkedWords<Words>>();
}

}  // namespace kindred::text
