#include "text/normalizers/character_map.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

static_assert(std::endian::native == std::endian::little, "the units are read as they stand");

std::size_t offset(std::uint32_t unit) {
  return std::size_t{unit >> 10} << ((unit & (1U << 9)) >> 6);
}

/// The first byte that is not UTF-8, or the size.
std::size_t well_formed_until(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, size] = decode(text, i);
    if (code == kReplacement && text.substr(i, size) != "\uFFFD") return i;
    i += size;
  }
  return text.size();
}

}  // namespace

Result<CharacterMap> CharacterMap::parse(std::string_view bytes, std::string_view place) {
  std::uint32_t trie_bytes = 0;
  if (bytes.size() < sizeof(trie_bytes))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the compiled rules have {} bytes, at least 4 are needed", place,
                            bytes.size()));
  std::memcpy(&trie_bytes, bytes.data(), sizeof(trie_bytes));
  bytes.remove_prefix(sizeof(trie_bytes));
  trie_bytes -= trie_bytes % sizeof(std::uint32_t);
  if (trie_bytes > bytes.size() || trie_bytes == 0)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the trie of the compiled rules has {} bytes, {} are there", place,
                            trie_bytes, bytes.size()));
  CharacterMap map;
  map.units_.resize(trie_bytes / sizeof(std::uint32_t));
  std::memcpy(map.units_.data(), bytes.data(), trie_bytes);
  map.replacements_ = bytes.substr(trie_bytes);
  if (const std::size_t good = well_formed_until(map.replacements_);
      good != map.replacements_.size())
    return fail(ErrorCode::corrupt,
                fmt::format("{}: byte {} of the replacements of the compiled rules is not UTF-8",
                            place, good));
  map.replacements_.push_back('\0');
  return map;
}

template <typename Found>
void CharacterMap::walk(std::string_view text, const Found& found) const {
  if (units_.empty()) return;
  std::size_t place = offset(units_[0]);
  for (std::size_t i = 0; i < text.size() && text[i] != '\0'; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    place ^= byte;
    if (place >= units_.size()) return;
    const std::uint32_t unit = units_[place];
    if ((unit & (1U << 31 | 0xFFU)) != byte) return;
    place ^= offset(unit);
    if ((unit & 1U << 8) == 0) continue;
    if (place >= units_.size()) return;
    const std::size_t value = units_[place] & ~(1U << 31);
    // A replacement that would begin inside of a code point, or nowhere.
    if (value >= replacements_.size() ||
        (static_cast<unsigned char>(replacements_[value]) & 0xC0) == 0x80)
      return;
    if (!found(Rule{i + 1, std::string_view(replacements_.c_str() + value)})) return;
  }
}

std::optional<CharacterMap::Rule> CharacterMap::shortest(std::string_view text) const {
  std::optional<Rule> rule;
  walk(text, [&](const Rule& found) {
    rule = found;
    return false;
  });
  return rule;
}

std::optional<CharacterMap::Rule> CharacterMap::longest(std::string_view text) const {
  std::optional<Rule> rule;
  walk(text, [&](const Rule& found) {
    rule = found;
    return true;
  });
  return rule;
}

}  // namespace kindred::text
