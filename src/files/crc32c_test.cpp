#include "files/crc32c.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string_view>
#include <vector>

namespace kindred::files {
namespace {

// The examples of RFC 3720, appendix B.4.
TEST(Crc32c, AgreesWithTheStandard) {
  std::vector<std::uint8_t> bytes(32);
  const auto of = [&] { return crc32c(std::as_bytes(std::span(bytes))); };
  EXPECT_EQ(of(), 0x8A9136AAU);
  bytes.assign(32, 0xFF);
  EXPECT_EQ(of(), 0x62A8AB43U);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  EXPECT_EQ(of(), 0x46DD794EU);
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span(digits))), 0xE3069283U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, MaskTurnsAndAdds) {
  EXPECT_EQ(unmasked_crc32c(0xA282EAD8U), 0U);
  // 1 turned right by 15 bits is 1 << 17.
  EXPECT_EQ(unmasked_crc32c((1U << 17) + 0xA282EAD8U), 1U);
}

}  // namespace
}  // namespace kindred::files
