#include "files/lines.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "support/temporary_folder.h"

namespace kindred::files {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;
using namespace std::string_literals;

std::vector<std::string> all(LineReader lines) {
  std::vector<std::string> found;
  for (;;) {
    const auto line = lines.next();
    EXPECT_TRUE(line) << line.error().message;
    if (!line || !*line) return found;
    found.emplace_back(**line);
    EXPECT_EQ(lines.number(), found.size());
  }
}

std::vector<std::string> all(std::string_view text) { return all(LineReader::of(text, "text")); }

TEST(LineReader, CutsTextIntoLines) {
  EXPECT_THAT(all(""), IsEmpty());
  EXPECT_THAT(all("\n"), ElementsAre(""));
  EXPECT_THAT(all("a"), ElementsAre("a"));
  EXPECT_THAT(all("a\n"), ElementsAre("a"));
  EXPECT_THAT(all("a\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_THAT(all("a\r\nb\r\n"), ElementsAre("a", "b"));
  EXPECT_THAT(all("a\rb\r\r\nc\r"), ElementsAre("a\rb\r", "c\r"));
  EXPECT_THAT(all("a\0b\n\0"s), ElementsAre("a\0b"s, "\0"s));
  EXPECT_THAT(all("\xff\xfe\n\xc3"), ElementsAre("\xff\xfe", "\xc3"));
}

TEST(LineReader, SkipsAByteOrderMarkAtTheStartOnly) {
  EXPECT_THAT(all("\xef\xbb\xbf"), IsEmpty());
  EXPECT_THAT(all("\xef\xbb\xbf"
                  "a\n\xef\xbb\xbf"
                  "b"),
              ElementsAre("a",
                          "\xef\xbb\xbf"
                          "b"));
  EXPECT_THAT(all("\xef\xbb\xbf\n"), ElementsAre(""));
  EXPECT_THAT(all("\xef\xbb"), ElementsAre("\xef\xbb"));
}

TEST(LineReader, ReadsLinesOfAnyLength) {
  // Around the size of its chunks, so that a line's end falls on every side of a border.
  constexpr std::size_t chunk = std::size_t{1} << 18;
  std::vector<std::string> expected;
  for (const std::size_t length :
       {chunk - 2, chunk - 1, chunk, chunk + 1, 3 * chunk, std::size_t{0}})
    expected.emplace_back(length, 'x');
  for (const std::string ending : {"\n", "\r\n"}) {
    std::string text;
    for (const auto& line : expected) text += line + ending;
    const TemporaryFolder folder;
    EXPECT_TRUE(all(text) == expected);
    EXPECT_TRUE(all(*LineReader::open(folder.write("a", text))) == expected);
  }
}

TEST(LineReader, CountsTheBytesItGave) {
  auto lines = LineReader::of(
      "\xef\xbb\xbf"
      "ab\r\ncd",
      "text");
  EXPECT_EQ(**lines.next(), "ab");
  EXPECT_EQ(lines.bytes_read(), 7U);
  EXPECT_EQ(lines.place(), "text: line 1");
  EXPECT_EQ(**lines.next(), "cd");
  EXPECT_EQ(lines.bytes_read(), 9U);
  EXPECT_FALSE(lines.next()->has_value());
  EXPECT_FALSE(lines.next()->has_value());
  EXPECT_EQ(lines.number(), 2U);
}

TEST(LineReader, RefusesALineThatIsTooLong) {
  EXPECT_THAT(all(LineReader::of("12345\n12345", "text", 5)), ElementsAre("12345", "12345"));
  EXPECT_THAT(all(LineReader::of("12345\r\n", "text", 5)), ElementsAre("12345"));
  for (const std::string_view text : {"1\n123456\n", "1\n123456", "1\n123456\r\n"}) {
    auto lines = LineReader::of(text, "text", 5);
    EXPECT_TRUE(lines.next());
    EXPECT_EQ(lines.next().error().message, "text: line 2 is longer than 5 bytes");
  }
  // An endless line is refused without its end.
  auto zeros = LineReader::open("/dev/zero", std::size_t{1} << 20);
  ASSERT_TRUE(zeros);
  EXPECT_THAT(zeros->next().error().message, HasSubstr("line 1 is longer than 1048576 bytes"));
}

TEST(LineReader, SaysWhatItCannotOpen) {
  const TemporaryFolder folder;
  EXPECT_EQ(LineReader::open(folder / "missing").error().code, ErrorCode::not_found);
  EXPECT_THAT(LineReader::open(folder.path()).error().message, HasSubstr("is a folder"));
}

TEST(LineReader, ReadsAPipeAsItFills) {
  const TemporaryFolder folder;
  const auto path = folder / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::jthread writer([&] {
    std::ofstream pipe(path);
    pipe << "first\nsec" << std::flush;
    pipe << "ond\nthird";
  });
  EXPECT_THAT(all(*LineReader::open(path)), ElementsAre("first", "second", "third"));
}

}  // namespace
}  // namespace kindred::files
