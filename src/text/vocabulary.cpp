#include "text/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>

namespace kindred::text {
namespace {

constexpr std::size_t kLongestToken = (1U << 24) - 1;

std::uint32_t hash_of(std::string_view token) {
  const std::uint64_t hash = std::hash<std::string_view>()(token);
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

std::unexpected<Error> too_large(std::string_view place, std::string_view token, std::uint64_t id) {
  return fail(ErrorCode::corrupt, fmt::format("{}: token \"{}\" has id {}, the largest is {}",
                                              place, token, id, Vocabulary::kLargestId));
}

}  // namespace

void Vocabulary::reserve(std::size_t tokens, std::size_t bytes) {
  bytes_.reserve(bytes);
  places_.reserve(tokens);
  if (slots_.size() < 2 * tokens) grow(std::bit_ceil(2 * tokens));
}

std::size_t Vocabulary::find(std::string_view token, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.id_and_1 == 0 || (slot.hash == hash && this->token(slot.id_and_1 - 1) == token))
      return i;
  }
}

void Vocabulary::grow(std::size_t slots) {
  std::vector<Slot> before(slots);
  std::swap(before, slots_);
  for (const Slot& slot : before) {
    if (slot.id_and_1 == 0) continue;
    std::size_t i = slot.hash & (slots - 1);
    while (slots_[i].id_and_1 != 0) i = (i + 1) & (slots - 1);
    slots_[i] = slot;
  }
}

Result<void> Vocabulary::set(std::uint32_t id, std::string_view token, std::string_view place) {
  if (token.size() > kLongestToken)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the token with id {} has {} bytes, at most {} are possible", place,
                            id, token.size(), kLongestToken));
  if (id >= places_.size()) {
    if (id >= places_.capacity())
      places_.reserve(std::max<std::size_t>(id + 1, 2 * places_.capacity()));
    places_.resize(id + 1);
  }
  places_[id].begin = bytes_.size();
  places_[id].size = static_cast<std::uint32_t>(token.size());
  bytes_.append(token);
  return {};
}

Result<void> Vocabulary::add(std::string_view token, std::uint64_t id, std::string_view place) {
  if (id > kLargestId) return too_large(place, token, id);
  const auto number = static_cast<std::uint32_t>(id);
  if (2 * (size_ + 1) > slots_.size()) grow(std::max<std::size_t>(64, 2 * slots_.size()));
  const std::uint32_t hash = hash_of(token);
  Slot& slot = slots_[find(token, hash)];
  if (slot.id_and_1 != 0) {
    if (slot.id_and_1 - 1 != number)
      return fail(ErrorCode::corrupt, fmt::format("{}: token \"{}\" has the ids {} and {}", place,
                                                  token, slot.id_and_1 - 1, id));
    return {};
  }
  if (!this->token(number).empty())
    return fail(ErrorCode::corrupt, fmt::format("{}: tokens \"{}\" and \"{}\" have the same id {}",
                                                place, this->token(number), token, id));
  KINDRED_TRY(set(number, token, place));
  slot = {hash, number + 1};
  ++size_;
  return {};
}

Result<void> Vocabulary::append(std::string_view token, std::string_view place) {
  if (places_.size() > kLargestId) return too_large(place, token, places_.size());
  const auto number = static_cast<std::uint32_t>(places_.size());
  if (2 * (size_ + 1) > slots_.size()) grow(std::max<std::size_t>(64, 2 * slots_.size()));
  const std::uint32_t hash = hash_of(token);
  Slot& slot = slots_[find(token, hash)];
  KINDRED_TRY(set(number, token, place));
  slot = {hash, number + 1};
  ++size_;
  return {};
}

std::optional<std::uint32_t> Vocabulary::id(std::string_view token) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[find(token, hash_of(token))];
  if (slot.id_and_1 == 0) return std::nullopt;
  return slot.id_and_1 - 1;
}

}  // namespace kindred::text
