/// What a graph search spends its time in: integer products of one query with packed codes that lie
/// anywhere in memory.
///
/// A code is a vector in few bits (quantize/scalar_codes.h), padded to blocks of 64 bytes. Three
/// layouts:
///
/// - nibbles: a block holds 128 values of 4 bits; byte i has value i in its low half and value
///   64 + i in its high half. The query is signed, a byte a value, in the order of the values.
/// - bytes: a block holds 64 values of 8 bits; the query is signed, a byte a value.
/// - distances: the same codes, the query a code itself; the result is the sum of |query - code|.
///
/// Results are exact integers, so all instruction sets agree to the bit. "VNNI" multiplies 64 pairs
/// of bytes in one instruction; Highway 1.0.3 can't say that, so there is a file of intrinsics for
/// AVX-512 and one for AVX2, and portable code for the rest.
///
/// Thread safety: all of it. Cost: with AVX-512 about 10 cycles for 384 values of 4 bits, once they
/// are in the cache.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kindred::simd {

inline constexpr std::size_t kCodeBlock = 64;  ///< bytes

/// results[i] = the query against codes[i]. query: 2 * blocks * 64 bytes for nibbles, else
/// blocks * 64; codes[i]: blocks * 64 bytes. 1 <= blocks <= 2^16. No pointer needs an alignment;
/// codes on 64-byte boundaries are faster.
using CodeKernel = void (*)(const std::int8_t* query, const std::uint8_t* const* codes,
                            std::size_t count, std::size_t blocks, std::int32_t* results);

CodeKernel nibble_dots();
CodeKernel byte_dots();
/// The query's bytes are read as unsigned.
CodeKernel byte_distances();

}  // namespace kindred::simd
