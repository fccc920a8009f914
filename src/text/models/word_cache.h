/// Words seen before and their tokens: what spares a model the work on the words that make up most
/// of a text.
///
/// A table of fixed size: a word has two slots, of 64 bytes each, in which its bytes and tokens
/// stand; a word too long for a slot or with too many tokens is not kept, and a new one takes the
/// place of an old one. It never changes a result: a word is compared byte by byte.
///
/// Thread safety: one thread at a time. Cost: one or two cache lines a word; memory: 64 bytes a
/// slot.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "text/models/model.h"

namespace kindred::text {

class WordCache {
 public:
  /// A longer word is never kept; callers may skip the search for one.
  static constexpr std::size_t kLongestWord = 23;
  static constexpr std::size_t kMostTokens = 7;

  /// `slots`: a power of 2, at least 2.
  explicit WordCache(std::size_t slots = std::size_t{1} << 14) : slots_(slots) {}

  /// Appends the tokens of `word`, which begins at `begin` of its text; false where it is not
  /// known.
  bool find(std::string_view word, std::uint32_t begin, std::vector<Token>& tokens) const {
    if (word.size() > kLongestWord) return false;
    const Key key = key_of(word);
    const std::size_t first = place(key);
    const Slot* slot = &slots_[first];
    if (slot->key != key) {
      slot = &slots_[first ^ 1];
      if (slot->key != key) return false;
    }
    std::uint32_t token_begin = begin;
    for (std::size_t i = 0; i < slot->count; ++i) {
      const std::uint32_t token_end = begin + slot->ends[i];
      tokens.push_back({slot->ids[i], token_begin, token_end});
      token_begin = token_end;
    }
    return true;
  }

  /// Remembers the tokens of `word`, which begins at `begin`: they follow one another from there.
  void keep(std::string_view word, std::uint32_t begin, std::span<const Token> tokens) {
    if (word.size() > kLongestWord || tokens.size() > kMostTokens) return;
    std::uint32_t at = begin;
    for (const Token& token : tokens) {
      if (token.begin != at) return;
      at = token.end;
    }
    const Key key = key_of(word);
    const std::size_t first = place(key);
    // The newest word stands first, the one before it second.
    slots_[first ^ 1] = slots_[first];
    Slot& slot = slots_[first];
    slot.key = key;
    slot.count = static_cast<std::uint8_t>(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      slot.ids[i] = tokens[i].id;
      slot.ends[i] = static_cast<std::uint8_t>(tokens[i].end - begin);
    }
  }

 private:
  /// The bytes of a word, zeros behind them, and its size: never that of an empty slot.
  struct Key {
    std::array<std::uint64_t, 3> words{};
    /// (Three comparisons in place of a call to memcmp.)
    bool operator==(const Key& other) const {
      return ((words[0] ^ other.words[0]) | (words[1] ^ other.words[1]) |
              (words[2] ^ other.words[2])) == 0;
    }
  };
  struct alignas(64) Slot {
    Key key;
    std::array<std::uint32_t, kMostTokens> ids{};
    std::array<std::uint8_t, kMostTokens> ends{};
    std::uint8_t count = 0;
  };

  static Key key_of(std::string_view word) {
    Key key;
    const char* bytes = word.data();
    std::size_t left = word.size();
    std::size_t i = 0;
    for (; left >= 8; left -= 8, bytes += 8) std::memcpy(&key.words[i++], bytes, 8);
    key.words[i] = few(bytes, left);
    key.words[2] |= (word.size() + 1) << 56;
    return key;
  }
  /// Fewer than 8 bytes as a number, without a call to memcpy.
  static std::uint64_t few(const char* bytes, std::size_t size) {
    const auto byte = [&](std::size_t i) {
      return std::uint64_t{static_cast<unsigned char>(bytes[i])};
    };
    if (size >= 4) {
      std::uint32_t first = 0;
      std::uint32_t last = 0;
      std::memcpy(&first, bytes, 4);
      std::memcpy(&last, bytes + size - 4, 4);
      return first | std::uint64_t{last} << (8 * (size - 4));
    }
    if (size == 0) return 0;
    return byte(0) | byte(size / 2) << (8 * (size / 2)) | byte(size - 1) << (8 * (size - 1));
  }
  std::size_t place(const Key& key) const {
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
    std::uint64_t hash = key.words[0] * kOdd;
    hash = (std::rotl(hash, 29) ^ key.words[1]) * kOdd;
    hash = (std::rotl(hash, 29) ^ key.words[2]) * kOdd;
    return (hash >> 32) & (slots_.size() - 1);
  }

  std::vector<Slot> slots_;
};

}  // namespace kindred::text
