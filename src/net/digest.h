/// Checksums that say whose bytes these are: SHA-256, and the SHA-1 by which git names a file.
///
/// OpenSSL's, fed piece by piece. Thread safety: one Digest a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace kindred::net {

class Digest {
 public:
  static Digest sha256();
  /// Of a file of `size` bytes as git stores it: "blob SIZE", a zero byte, and the file.
  static Digest git_blob(std::uint64_t size);

  void add(std::span<const std::byte> bytes);
  /// Lower-case hexadecimal digits; ends the Digest.
  std::string hexadecimal();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  explicit Digest(const void* kind);
  std::unique_ptr<void, Free> context_;
};

}  // namespace kindred::net
