/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), the checksum of TensorFlow's files.
///
/// Files keep it masked, since a checksum of bytes that hold checksums finds less.
/// Thread safety: pure functions. Cost: about two gigabytes a second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace kindred::files {

std::uint32_t crc32c(std::span<const std::byte> bytes);
/// The checksum that a file keeps masked.
std::uint32_t unmasked_crc32c(std::uint32_t masked);

}  // namespace kindred::files
