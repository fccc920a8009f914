/// 64-bit checksums of what is written to disk: XXH3 (xxHash). Finds accidents, not adversaries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace kindred::base {

/// XXH3-64 with seed 0. About 10 gigabytes a second.
std::uint64_t checksum(std::span<const std::byte> bytes);

/// The same checksum of bytes that arrive in pieces.
class StreamingChecksum {
 public:
  StreamingChecksum();
  ~StreamingChecksum();
  StreamingChecksum(const StreamingChecksum&) = delete;
  StreamingChecksum& operator=(const StreamingChecksum&) = delete;
  void add(std::span<const std::byte> bytes);
  std::uint64_t value() const;

 private:
  void* state_;
};

}  // namespace kindred::base
