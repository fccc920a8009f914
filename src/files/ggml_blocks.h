/// The quantized blocks of ggml (llama.cpp), in which GGUF files keep weights: back to float32.
///
/// A block is 32 or 256 values in few bits, with their scale as a half. "0" kinds are symmetric
/// (value = scale q), "1" kinds have a least value (value = scale q + least), "K" kinds have scales
/// of 4 or 6 bits within a block of 256. The arithmetic, each product and sum rounded to float32
/// in this order, is that of ggml's dequantize functions: results are bit for bit theirs.
///
/// Thread safety: pure functions. `from` may start on any byte and holds out.size() values in whole
/// blocks.
#pragma once

#include <cstddef>
#include <span>

namespace kindred::files {

void widen_q4_0(const std::byte* from, std::span<float> out);
void widen_q4_1(const std::byte* from, std::span<float> out);
void widen_q5_0(const std::byte* from, std::span<float> out);
void widen_q5_1(const std::byte* from, std::span<float> out);
void widen_q8_0(const std::byte* from, std::span<float> out);
void widen_q4_k(const std::byte* from, std::span<float> out);
void widen_q5_k(const std::byte* from, std::span<float> out);
void widen_q6_k(const std::byte* from, std::span<float> out);

/// Values in a block, and bytes of it.
inline constexpr std::size_t kSmallBlock = 32;
inline constexpr std::size_t kLargeBlock = 256;
inline constexpr std::size_t kHalfBytes = 2;
inline constexpr std::size_t kScales = 12;  // bytes of the 8 scales and 8 least values of a K block
inline constexpr std::size_t kQ4_0Bytes = kHalfBytes + kSmallBlock / 2;
inline constexpr std::size_t kQ4_1Bytes = 2 * kHalfBytes + kSmallBlock / 2;
inline constexpr std::size_t kQ5_0Bytes = kQ4_0Bytes + kSmallBlock / 8;
inline constexpr std::size_t kQ5_1Bytes = kQ4_1Bytes + kSmallBlock / 8;
inline constexpr std::size_t kQ8_0Bytes = kHalfBytes + kSmallBlock;
inline constexpr std::size_t kQ4_KBytes = 2 * kHalfBytes + kScales + kLargeBlock / 2;
inline constexpr std::size_t kQ5_KBytes = kQ4_KBytes + kLargeBlock / 8;
inline constexpr std::size_t kQ6_KBytes =
    kLargeBlock / 2 + kLargeBlock / 4 + kLargeBlock / 16 + kHalfBytes;

}  // namespace kindred::files
