#include "files/byte_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace kindred::files {
namespace {

using ::testing::HasSubstr;

std::string gzip(const std::string& text) {
  z_stream stream{};
  constexpr int kGzip = 16;
  EXPECT_EQ(
      deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzip, 8, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string copy = text;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string xz(const std::string& text) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nullptr,
                                    reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

class ByteStreamTest : public ::testing::Test {
 protected:
  /// All bytes of a file of these, read `step` at a time, or the error.
  Result<std::string> read(const std::string& bytes, std::size_t step) {
    const auto path = folder_.write("file", bytes);
    auto stream = KINDRED_TRY(ByteStream::open(path));
    std::string out;
    std::string part(step, '\0');
    for (;;) {
      const std::size_t count = KINDRED_TRY(stream->read(part));
      out.append(part, 0, count);
      if (count < step) break;
    }
    EXPECT_EQ(stream->bytes_read(), bytes.size());
    return out;
  }

  std::string error_of(const std::string& bytes) {
    const auto all = read(bytes, 4096);
    return all ? "" : all.error().message;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(ByteStreamTest, ReadsPlainAndPackedFilesInStepsOfAnySize) {
  std::string text;
  for (std::uint64_t i = 0; text.size() < 700'000; ++i) text += std::to_string(i * i) + " ";
  for (const std::string& whole : {std::string(), std::string("a"), text})
    for (const std::size_t step : {1U << 20, 4096U, 7U}) {
      if (step == 7 && whole.size() > 100'000) continue;
      EXPECT_EQ(read(whole, step).value(), whole);
      EXPECT_EQ(read(gzip(whole), step).value(), whole);
      EXPECT_EQ(read(xz(whole), step).value(), whole);
      // Packed streams behind each other are one.
      EXPECT_EQ(read(gzip(whole) + gzip("end"), step).value(), whole + "end");
      EXPECT_EQ(read(xz(whole) + xz("end"), step).value(), whole + "end");
    }
}

TEST_F(ByteStreamTest, DamageIsAnError) {
  std::string text;
  for (std::uint64_t i = 0; text.size() < 100'000; ++i) text += std::to_string(i * i) + " ";
  for (const std::string& packed : {gzip(text), xz(text)}) {
    EXPECT_THAT(error_of(packed.substr(0, packed.size() - 9)),
                HasSubstr("file: ends within a packed stream"));
    EXPECT_THAT(error_of(packed.substr(0, 8)), HasSubstr("file: ends within a packed stream"));
    std::string damaged = packed;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    EXPECT_THAT(error_of(damaged), HasSubstr("damaged"));
  }
  EXPECT_THAT(error_of(gzip(text) + "trailing"), HasSubstr("damaged"));
  EXPECT_THAT(ByteStream::open(folder_ / "none").error().message, HasSubstr("none: cannot open"));
  EXPECT_THAT(ByteStream::open(folder_.path()).error().message, HasSubstr("is a folder"));
}

}  // namespace
}  // namespace kindred::files
