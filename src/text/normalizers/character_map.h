/// The rules by which SentencePiece normalizes (Kudo, Richardson 2018, arXiv:1808.06226, section
/// 3.3): texts of a few code points, and what stands in their place. Its models keep them compiled
/// ("precompiled_charsmap").
///
/// The format: the bytes of the trie as a u32, the trie, the replacements. Numbers are
/// little-endian. The trie is a double array of u32 units as darts-clone writes it: a unit has the
/// label of the byte that leads to it (bits 0 to 7), whether a text ends there (8), and the offset
/// to its children (10 to 30, and 8 bits further to the left where bit 9 is set), which is XORed to
/// its place; a text's value stands where its byte 0 would, with bit 31 set: the place of its
/// replacement, which ends with NUL.
///
/// Errors: a size that does not fit, replacements that are not UTF-8. A trie that leads outside of
/// itself leads nowhere.
/// Thread safety: immutable. Cost: a load a byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::text {

class CharacterMap {
 public:
  /// Has no rules.
  CharacterMap() = default;
  /// `place` begins the message.
  static Result<CharacterMap> parse(std::string_view bytes, std::string_view place);

  struct Rule {
    std::size_t size = 0;  ///< bytes of the text that are replaced
    std::string_view to;
  };
  /// The rule of the shortest beginning of `text` that has one.
  std::optional<Rule> shortest(std::string_view text) const;
  /// That of the longest.
  std::optional<Rule> longest(std::string_view text) const;

 private:
  template <typename Found>
  void walk(std::string_view text, const Found& found) const;

  std::vector<std::uint32_t> units_;
  std::string replacements_;  // NUL at the end
};

}  // namespace kindred::text
