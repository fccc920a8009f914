/// Tokens and their ids, both ways.
///
/// The bytes of all tokens stand one after the other; a table of ids, open-addressed and half empty
/// at most, finds the id of a token: two places in memory, whatever the size.
/// Thread safety: immutable once built. Cost: 16 bytes a token beside its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::text {

class Vocabulary {
 public:
  /// An id above this is an error: the table of tokens by id would not fit any memory.
  static constexpr std::uint32_t kLargestId = (1U << 24) - 1;

  /// Makes room for `tokens` of `bytes` bytes together.
  void reserve(std::size_t tokens, std::size_t bytes);

  /// Fails where the id has another token already, the token another id, or the id is too large.
  /// `place` begins the message.
  Result<void> add(std::string_view token, std::uint64_t id, std::string_view place);
  /// Adds a token under the id after the last. One that is there already keeps its ids and gets
  /// this one too, which id() finds from now on. Fails where the id would be too large.
  Result<void> append(std::string_view token, std::string_view place);

  std::optional<std::uint32_t> id(std::string_view token) const;
  /// Empty where no token has this id.
  std::string_view token(std::uint32_t id) const {
    if (id >= places_.size()) return {};
    return std::string_view(bytes_).substr(places_[id].begin, places_[id].size);
  }
  /// How many tokens there are.
  std::size_t size() const { return size_; }
  /// All ids are below this; some of them may have no token.
  std::size_t ids() const { return places_.size(); }

 private:
  struct Place {
    std::uint64_t begin : 40 = 0;
    std::uint64_t size : 24 = 0;
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t id_and_1 = 0;  // 0: empty
  };
  /// The slot of `token`, or the empty one where it belongs.
  std::size_t find(std::string_view token, std::uint32_t hash) const;
  void grow(std::size_t slots);
  Result<void> set(std::uint32_t id, std::string_view token, std::string_view place);

  std::string bytes_;
  std::vector<Place> places_;  // by id
  std::vector<Slot> slots_;    // a power of 2
  std::size_t size_ = 0;
};

}  // namespace kindred::text
