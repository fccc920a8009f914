/// Tokens and their ids, both ways.
///
/// Thread safety: immutable once built.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kindred/result.h"

namespace kindred::text {

class Vocabulary {
 public:
  /// An id above this is an error: the table of tokens by id would not fit any memory.
  static constexpr std::uint32_t kLargestId = (1U << 24) - 1;

  /// Fails where the id has another token already, the token another id, or the id is too large.
  /// `place` begins the message.
  Result<void> add(std::string_view token, std::uint64_t id, std::string_view place);

  std::optional<std::uint32_t> id(std::string_view token) const;
  /// Empty where no token has this id.
  std::string_view token(std::uint32_t id) const {
    return id < tokens_.size() ? std::string_view(tokens_[id]) : "";
  }
  /// How many tokens there are.
  std::size_t size() const { return ids_.size(); }
  /// By id, with empty texts where an id has no token.
  const std::vector<std::string>& tokens() const { return tokens_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> ids_;
};

}  // namespace kindred::text
