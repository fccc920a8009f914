#include "base/checksum.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace kindred::base {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Checksum, IsXxh3) {
  // The published value of no bytes.
  EXPECT_EQ(checksum({}), 0x2d06800538d394c2U);
  EXPECT_NE(checksum(bytes_of("a")), checksum(bytes_of("b")));
}

TEST(StreamingChecksum, IsThatOfAllPiecesTogether) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += static_cast<char>(i * 7);
  const auto bytes = bytes_of(text);
  EXPECT_EQ(StreamingChecksum().value(), checksum({}));
  for (const std::size_t piece : {1, 3, 64, 255, 256, 257, 1024, 4999, 5000}) {
    StreamingChecksum streaming;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      streaming.add(bytes.subspan(at, std::min(piece, bytes.size() - at)));
      EXPECT_EQ(streaming.value(), checksum(bytes.first(std::min(at + piece, bytes.size()))));
    }
    streaming.add({});
    EXPECT_EQ(streaming.value(), checksum(bytes));
  }
}

}  // namespace
}  // namespace kindred::base
