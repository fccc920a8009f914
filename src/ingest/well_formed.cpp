#include "ingest/well_formed.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>

namespace kindred::ingestion {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// What may follow a first byte: how many bytes in all, and the range of the second one (the later
/// ones are 80 to BF). Unicode, table 3-7.
struct Sequence {
  std::size_t length;
  unsigned char second_low;
  unsigned char second_high;
};

Sequence sequence_of(unsigned char first) {
  if (first < 0x80) return {1, 0x80, 0xbf};
  if (first >= 0xc2 && first <= 0xdf) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

std::string well_formed(std::string_view bytes) {
  if (simdjson::validate_utf8(bytes)) return std::string(bytes);
  std::string text;
  text.reserve(bytes.size() + 16);
  while (!bytes.empty()) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const Sequence sequence = sequence_of(at(0));
    std::size_t good = 1;  // bytes that belong together so far
    while (good < std::min(sequence.length, bytes.size()) &&
           at(good) >= (good == 1 ? sequence.second_low : 0x80) &&
           at(good) <= (good == 1 ? sequence.second_high : 0xbf))
      ++good;
    text += good == sequence.length ? bytes.substr(0, good) : kReplacement;
    bytes.remove_prefix(good);
  }
  return text;
}

}  // namespace kindred::ingestion
