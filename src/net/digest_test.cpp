#include "net/digest.h"

#include <gtest/gtest.h>

#include <string_view>

namespace kindred::net {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(DigestTest, Sha256IsThatOfTheStandard) {
  // FIPS 180-2, appendix B.1, in two pieces.
  Digest digest = Digest::sha256();
  digest.add(bytes_of("a"));
  digest.add(bytes_of("bc"));
  EXPECT_EQ(digest.hexadecimal(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DigestTest, GitBlobIsGits) {
  // printf 'test content\n' | git hash-object --stdin
  constexpr std::string_view kText = "test content\n";
  Digest digest = Digest::git_blob(kText.size());
  digest.add(bytes_of(kText));
  EXPECT_EQ(digest.hexadecimal(), "d670460b4b4aece5915caf5c68d12f560a9fe3e4");
  EXPECT_EQ(Digest::git_blob(0).hexadecimal(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

}  // namespace
}  // namespace kindred::net
