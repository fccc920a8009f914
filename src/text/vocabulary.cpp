#include "text/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>

namespace kindred::text {

Result<void> Vocabulary::add(std::string_view token, std::uint64_t id, std::string_view place) {
  if (id > kLargestId)
    return fail(ErrorCode::corrupt, fmt::format("{}: token \"{}\" has id {}, the largest is {}",
                                                place, token, id, kLargestId));
  const auto number = static_cast<std::uint32_t>(id);
  if (number >= tokens_.size()) {
    if (number >= tokens_.capacity())
      tokens_.reserve(std::max<std::size_t>(number + 1, 2 * tokens_.capacity()));
    tokens_.resize(number + 1);
  }
  const auto [entry, is_new] = ids_.try_emplace(std::string(token), number);
  if (!is_new && entry->second != number)
    return fail(ErrorCode::corrupt, fmt::format("{}: token \"{}\" has the ids {} and {}", place,
                                                token, entry->second, id));
  if (is_new && !tokens_[number].empty())
    return fail(ErrorCode::corrupt, fmt::format("{}: tokens \"{}\" and \"{}\" have the same id {}",
                                                place, tokens_[number], token, id));
  tokens_[number] = token;
  return {};
}

std::optional<std::uint32_t> Vocabulary::id(std::string_view token) const {
  const auto entry = ids_.find(token);
  if (entry == ids_.end()) return std::nullopt;
  return entry->second;
}

}  // namespace kindred::text
