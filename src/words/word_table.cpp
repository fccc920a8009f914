#include "words/word_table.h"

#include <xxhash.h>

#include <array>
#include <cassert>

namespace kindred::words {

std::uint64_t WordTable::hash_of(std::string_view word) {
  return XXH3_64bits(word.data(), word.size());
}

std::size_t WordTable::place_of(std::string_view word, std::uint64_t hash) const {
  const std::size_t mask = places_.size() - 1;
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t place = hash & mask;; place = (place + 1) & mask) {
    const Place& one = places_[place];
    if (one.id == kNone || (one.hash == upper && this->word(one.id) == word)) return place;
  }
}

std::optional<std::uint32_t> WordTable::find(std::string_view word) const {
  const Place& place = places_[place_of(word, hash_of(word))];
  return place.id == kNone ? std::nullopt : std::optional(place.id);
}

void WordTable::find_all(std::span<const std::string_view> words,
                         std::span<std::optional<std::uint32_t>> ids) const {
  assert(words.size() <= kAtOnce && ids.size() >= words.size());
  std::array<std::uint64_t, kAtOnce> hashes{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    hashes[i] = hash_of(words[i]);
    __builtin_prefetch(&places_[hashes[i] & (places_.size() - 1)]);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t id = places_[hashes[i] & (places_.size() - 1)].id;
    if (id != kNone) __builtin_prefetch(&begins_[id]);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t id = places_[hashes[i] & (places_.size() - 1)].id;
    if (id != kNone) __builtin_prefetch(bytes_.data() + begins_[id]);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Place& place = places_[place_of(words[i], hashes[i])];
    ids[i] = place.id == kNone ? std::nullopt : std::optional(place.id);
  }
}

std::uint32_t WordTable::add(std::string_view word, std::uint64_t count) {
  const std::uint64_t hash = hash_of(word);
  std::size_t place = place_of(word, hash);
  if (places_[place].id != kNone) {
    counts_[places_[place].id] += count;
    return places_[place].id;
  }
  if (2 * (size() + 1) > places_.size()) {
    grow();
    place = place_of(word, hash);
  }
  const auto id = static_cast<std::uint32_t>(size());
  places_[place] = {static_cast<std::uint32_t>(hash >> 32), id};
  bytes_ += word;
  begins_.push_back(bytes_.size());
  counts_.push_back(count);
  return id;
}

void WordTable::grow() {
  places_.assign(2 * places_.size(), Place());
  const std::size_t mask = places_.size() - 1;
  for (std::uint32_t id = 0; id < size(); ++id) {
    const std::uint64_t hash = hash_of(word(id));
    std::size_t place = hash & mask;
    while (places_[place].id != kNone) place = (place + 1) & mask;
    places_[place] = {static_cast<std::uint32_t>(hash >> 32), id};
  }
}

}  // namespace kindred::words
