#include "files/ggml_blocks.h"

#include <array>
#include <cstdint>

#include "files/data_type.h"

namespace kindred::files {
namespace {

float half_at(const std::byte* from) {
  float value = 0;
  widen(DataType::f16, from, {&value, 1});
  return value;
}

unsigned byte_at(const std::byte* from, std::size_t i) {
  return std::to_integer<unsigned>(from[i]);
}

int signed_at(const std::byte* from, std::size_t i) {
  return static_cast<std::int8_t>(byte_at(from, i));
}

/// Calls block(from, values) for each block.
template <std::size_t kValues, std::size_t kBytes, typename Block>
void for_each_block(const std::byte* from, std::span<float> out, const Block& block) {
  for (; !out.empty(); out = out.subspan(kValues), from += kBytes)
    block(from, out.first<kValues>());
}

/// The low half of byte i is value i of a small block, the high half value i + 16.
unsigned nibble(const std::byte* nibbles, std::size_t i) {
  constexpr std::size_t kHalf = kSmallBlock / 2;
  return i < kHalf ? byte_at(nibbles, i) & 15U : byte_at(nibbles, i - kHalf) >> 4;
}

/// Bit i of four bytes.
unsigned bit(const std::byte* bits, std::size_t i) { return byte_at(bits, i / 8) >> i % 8 & 1U; }

/// Scale and least value of each of the 8 parts of a large block: 6 bits each. Those of the first
/// four parts are the low bits of the first 8 bytes; those of the others have 4 bits in the last 4
/// bytes and the upper 2 in the high bits of the first 8.
struct PartScales {
  std::array<float, 8> scale;
  std::array<float, 8> least;

  PartScales(const std::byte* packed, float block_scale, float block_least) {
    for (std::size_t part = 0; part < 8; ++part) {
      unsigned of_scale = byte_at(packed, part % 4);
      unsigned of_least = byte_at(packed, 4 + part % 4);
      if (part < 4) {
        of_scale &= 63U;
        of_least &= 63U;
      } else {
        const unsigned low = byte_at(packed, 8 + part % 4);
        of_scale = (low & 15U) | (of_scale >> 6 << 4);
        of_least = low >> 4 | (of_least >> 6 << 4);
      }
      scale[part] = block_scale * static_cast<float>(of_scale);
      least[part] = block_least * static_cast<float>(of_least);
    }
  }
};

constexpr std::size_t kPart = kLargeBlock / 8;

/// The nibbles of a large block: parts 2 n and 2 n + 1 are the low and the high halves of 32 bytes.
unsigned part_nibble(const std::byte* nibbles, std::size_t part, std::size_t i) {
  return byte_at(nibbles, part / 2 * kPart + i) >> part % 2 * 4 & 15U;
}

}  // namespace

void widen_q4_0(const std::byte* from, std::span<float> out) {
  for_each_block<kSmallBlock, kQ4_0Bytes>(from, out, [](const std::byte* block, auto values) {
    const float scale = half_at(block);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = scale * static_cast<float>(static_cast<int>(nibble(block + kHalfBytes, i)) - 8);
  });
}

void widen_q4_1(const std::byte* from, std::span<float> out) {
  for_each_block<kSmallBlock, kQ4_1Bytes>(from, out, [](const std::byte* block, auto values) {
    const float scale = half_at(block);
    const float least = half_at(block + kHalfBytes);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float product = scale * static_cast<float>(nibble(block + 2 * kHalfBytes, i));
      values[i] = product + least;
    }
  });
}

void widen_q5_0(const std::byte* from, std::span<float> out) {
  for_each_block<kSmallBlock, kQ5_0Bytes>(from, out, [](const std::byte* block, auto values) {
    const float scale = half_at(block);
    const std::byte* bits = block + kHalfBytes;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const unsigned code = nibble(bits + 4, i) | bit(bits, i) << 4;
      values[i] = scale * static_cast<float>(static_cast<int>(code) - 16);
    }
  });
}

void widen_q5_1(const std::byte* from, std::span<float> out) {
  for_each_block<kSmallBlock, kQ5_1Bytes>(from, out, [](const std::byte* block, auto values) {
    const float scale = half_at(block);
    const float least = half_at(block + kHalfBytes);
    const std::byte* bits = block + 2 * kHalfBytes;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const unsigned code = nibble(bits + 4, i) | bit(bits, i) << 4;
      const float product = scale * static_cast<float>(code);
      values[i] = product + least;
    }
  });
}

void widen_q8_0(const std::byte* from, std::span<float> out) {
  for_each_block<kSmallBlock, kQ8_0Bytes>(from, out, [](const std::byte* block, auto values) {
    const float scale = half_at(block);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = scale * static_cast<float>(signed_at(block + kHalfBytes, i));
  });
}

void widen_q4_k(const std::byte* from, std::span<float> out) {
  for_each_block<kLargeBlock, kQ4_KBytes>(from, out, [](const std::byte* block, auto values) {
    const std::byte* scales = block + 2 * kHalfBytes;
    const PartScales parts(scales, half_at(block), half_at(block + kHalfBytes));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t part = i / kPart;
      const unsigned code = part_nibble(scales + kScales, part, i % kPart);
      const float product = parts.scale[part] * static_cast<float>(code);
      values[i] = product - parts.least[part];
    }
  });
}

void widen_q5_k(const std::byte* from, std::span<float> out) {
  for_each_block<kLargeBlock, kQ5_KBytes>(from, out, [](const std::byte* block, auto values) {
    const std::byte* scales = block + 2 * kHalfBytes;
    const std::byte* bits = scales + kScales;  // bit p of byte i: of value i of part p
    const PartScales parts(scales, half_at(block), half_at(block + kHalfBytes));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t part = i / kPart;
      const unsigned code =
          part_nibble(bits + kPart, part, i % kPart) | (byte_at(bits, i % kPart) >> part & 1U) << 4;
      const float product = parts.scale[part] * static_cast<float>(code);
      values[i] = product - parts.least[part];
    }
  });
}

void widen_q6_k(const std::byte* from, std::span<float> out) {
  for_each_block<kLargeBlock, kQ6_KBytes>(from, out, [](const std::byte* block, auto values) {
    const std::byte* low = block;  // of each half of the block, 64 bytes of nibbles
    const std::byte* high = low + kLargeBlock / 2;
    const std::byte* scales = high + kLargeBlock / 4;
    const float block_scale = half_at(scales + kLargeBlock / 16);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t half = i / 128;
      const std::size_t quarter = i % 128 / 32;
      const std::size_t place = i % 32;
      const unsigned nibbles = byte_at(low, half * 64 + quarter % 2 * 32 + place);
      const unsigned upper = byte_at(high, half * 32 + place) >> 2 * quarter & 3U;
      const unsigned code = (nibbles >> quarter / 2 * 4 & 15U) | upper << 4;
      const float scale = block_scale * static_cast<float>(signed_at(scales, i / 16));
      values[i] = scale * static_cast<float>(static_cast<int>(code) - 32);
    }
  });
}

}  // namespace kindred::files
