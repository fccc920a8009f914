#include "files/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

namespace kindred::files {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected
constexpr std::size_t kStride = 8;                 // bytes a step

/// tables[k][b]: what a byte b does to the checksum when k more bytes come behind it.
constexpr auto kTables = [] {
  std::array<std::array<std::uint32_t, 256>, kStride> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = value;
  }
  for (std::size_t k = 1; k < kStride; ++k)
    for (std::size_t byte = 0; byte < 256; ++byte)
      tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 0xFF];
  return tables;
}();

static_assert(std::endian::native == std::endian::little);

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes) {
  std::uint32_t value = ~std::uint32_t{0};
  while (bytes.size() >= kStride) {
    std::uint64_t step = 0;
    std::memcpy(&step, bytes.data(), kStride);
    step ^= value;
    value = 0;
    for (std::size_t k = 0; k < kStride; ++k)
      value ^= kTables[kStride - 1 - k][(step >> (8 * k)) & 0xFF];
    bytes = bytes.subspan(kStride);
  }
  for (const std::byte byte : bytes)
    value = (value >> 8) ^ kTables[0][(value ^ static_cast<std::uint32_t>(byte)) & 0xFF];
  return ~value;
}

std::uint32_t unmasked_crc32c(std::uint32_t masked) {
  constexpr std::uint32_t kMask = 0xA282EAD8;
  return std::rotl(masked - kMask, 15);
}

}  // namespace kindred::files
