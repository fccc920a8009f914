#include "files/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "support/faulty_file_system.h"
#include "support/temporary_folder.h"

// The fixtures are the reference library's own, or were judged by it
// (tests/golden/make_safetensors.py).
namespace kindred::files {
namespace {

using ::testing::ElementsAre;
using testing::FaultyFileSystem;
using ::testing::HasSubstr;
using testing::Operation;
using ::testing::Pair;
using testing::TemporaryFolder;

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "safetensors";
const std::filesystem::path kCases =
    std::filesystem::path(KINDRED_FIXTURES) / "../../fuzz/corpus/safetensors";

std::vector<float> floats(const SafeTensors& file, std::string_view name) {
  const StoredTensor* tensor = file.find(name);
  std::vector<float> values(tensor->size());
  EXPECT_TRUE(copy_as_f32(*tensor, values));
  return values;
}

TEST(SafeTensors, ReadsWhatTheReferenceWrote) {
  const auto file = SafeTensors::open(kFixtures / "reference.safetensors");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->tensors().size(), 8U);
  EXPECT_THAT(file->metadata(), ElementsAre(Pair("note", "a \"quoted\" line\n")));
  EXPECT_THAT(file->find("weight")->shape, ElementsAre(2, 3));
  EXPECT_EQ(file->find("weight")->type, DataType::f32);
  EXPECT_THAT(floats(*file, "weight"), ElementsAre(0, 0.25F, 0.5F, 0.75F, 1, 1.25F));
  EXPECT_THAT(floats(*file, "half"), ElementsAre(-1.5F, -0.5F, 0.5F, 1.5F));
  EXPECT_THAT(floats(*file, "double"), ElementsAre(0.1F, -2.0F));
  EXPECT_EQ(file->find("nothing")->size(), 0U);
  EXPECT_NE(file->find("a \"quoted\" n\u00e4me\n"), nullptr);
  EXPECT_EQ(file->find("weigh"), nullptr);

  std::int64_t ids[2];
  ASSERT_EQ(file->find("ids")->bytes.size(), sizeof ids);
  std::memcpy(ids, file->find("ids")->bytes.data(), sizeof ids);
  EXPECT_THAT(ids, ElementsAre(7, -9));
  std::vector<float> none(2);
  EXPECT_THAT(copy_as_f32(*file->find("ids"), none).error().message, HasSubstr("holds I64 values"));
  EXPECT_FALSE(copy_as_f32(*file->find("weight"), none));
}

TEST(SafeTensors, StaysWholeWhenMoved) {
  auto file = SafeTensors::open(kFixtures / "reference.safetensors");
  ASSERT_TRUE(file);
  const SafeTensors moved = std::move(*file);
  EXPECT_THAT(floats(moved, "bias"), ElementsAre(1, -1, 0.5F));
}

TEST(SafeTensors, AcceptsWhatTheReferenceAccepts) {
  std::ifstream text(kFixtures / "cases.json");
  const auto verdicts = nlohmann::json::parse(text);
  EXPECT_GT(verdicts.size(), 30U);
  for (const auto& [name, accepted] : verdicts.items()) {
    const auto file = SafeTensors::open(kCases / (name + ".safetensors"));
    EXPECT_EQ(file.has_value(), accepted.get<bool>())
        << name << ": " << (file ? "accepted" : file.error().message);
    if (!file) {
      EXPECT_THAT(file.error().message, HasSubstr(name + ".safetensors: "));
    }
  }
}

TEST(SafeTensors, NamesWhatIsWrong) {
  const auto message = [](const std::string& name) {
    const auto file = SafeTensors::open(kCases / (name + ".safetensors"));
    return file ? "no error" : file.error().message;
  };
  EXPECT_THAT(message("no_bytes"), HasSubstr("has 0 bytes, too few for a safetensors file"));
  EXPECT_THAT(message("length_beyond_file"),
              HasSubstr("ends within its header: 3 bytes of it are promised, 2 follow"));
  EXPECT_THAT(message("length_huge"), HasSubstr("is not a safetensors file"));
  EXPECT_THAT(message("deep"), HasSubstr("its header is JSON nested deeper than 256 levels"));
  EXPECT_THAT(message("not_utf8"), HasSubstr("its header is not valid UTF-8"));
  EXPECT_THAT(message("unknown_type"), HasSubstr("tensor \"a\": its dtype \"F31\" is unknown"));
  EXPECT_THAT(message("same_name"), HasSubstr("tensor \"a\" comes twice"));
  EXPECT_THAT(message("hole"),
              HasSubstr("tensor \"b\" starts at byte 8 of the data, the one before it ends at 4"));
  EXPECT_THAT(message("bytes_left"),
              HasSubstr("the tensors end at byte 4 of the data, which has 5 bytes"));
  EXPECT_THAT(message("wrong_size"), HasSubstr("hold 4 bytes, F32 of shape [2] needs 8"));
  EXPECT_THAT(message("shape_overflow"), HasSubstr("needs more than 2^64"));
  EXPECT_EQ(SafeTensors::open("/nowhere/a").error().code, ErrorCode::not_found);
}

TEST(SafeTensors, RefusesEveryPartOfAFile) {
  std::ifstream stream(kFixtures / "reference.safetensors", std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(stream), {});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(SafeTensors::parse(std::as_bytes(std::span(whole.data(), size)), "part")) << size;
}

TEST(CopyAsF32, WidensEveryHalf) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    StoredTensor tensor{.name = "half",
                        .type = DataType::f16,
                        .shape = {1},
                        .bytes = std::as_bytes(std::span(&half, 1))};
    float value = 0;
    ASSERT_TRUE(copy_as_f32(tensor, std::span(&value, 1)));
    // The definition: (-1)^sign 2^(exponent - 15) 1.fraction, without the 1 where exponent is 0.
    const int exponent = static_cast<int>(bits >> 10 & 31);
    const auto fraction = static_cast<float>(bits & 1023);
    const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
    if (exponent == 31) {
      ASSERT_EQ(std::isnan(value), fraction != 0) << bits;
      ASSERT_EQ(value == sign * std::numeric_limits<float>::infinity(), fraction == 0) << bits;
    } else {
      const float expected = exponent == 0 ? std::ldexp(fraction, -24)
                                           : std::ldexp(1 + fraction / 1024, exponent - 15);
      ASSERT_EQ(value, sign * expected) << bits;
      ASSERT_EQ(std::signbit(value), sign < 0) << bits;
    }
    tensor.type = DataType::bf16;
    ASSERT_TRUE(copy_as_f32(tensor, std::span(&value, 1)));
    const std::uint32_t widened = bits << 16;
    ASSERT_EQ(std::memcmp(&value, &widened, 4), 0) << bits;
  }
}

TEST(WriteSafetensors, WritesTheBytesOfTheReference) {
  const auto reference = SafeTensors::open(kFixtures / "reference.safetensors");
  ASSERT_TRUE(reference);
  std::vector<StoredTensor> tensors(reference->tensors().begin(), reference->tensors().end());
  std::ranges::reverse(tensors);
  const TemporaryFolder folder;
  ASSERT_TRUE(
      write_safetensors(base::real_file_system(), folder / "a", tensors, reference->metadata()));
  const std::string written = folder.read("a");
  EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(written)), reference->contents().front()));

  ASSERT_TRUE(write_safetensors(base::real_file_system(), folder / "none", {}));
  EXPECT_EQ(SafeTensors::open(folder / "none")->tensors().size(), 0U);
}

TEST(WriteSafetensors, RefusesWhatNoReaderWouldTake) {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes(8);
  const auto message = [&](std::vector<StoredTensor> tensors) {
    const auto written = write_safetensors(base::real_file_system(), folder / "a", tensors);
    return written ? "no error" : written.error().message;
  };
  const StoredTensor good{.name = "a", .type = DataType::f32, .shape = {2}, .bytes = bytes};
  EXPECT_EQ(message({good}), "no error");
  EXPECT_THAT(message({good, good}), HasSubstr("tensor \"a\" comes twice"));
  auto wrong = good;
  wrong.shape = {3};
  EXPECT_THAT(message({wrong}), HasSubstr("has 8 bytes, F32 of shape [3] needs another number"));
  wrong.shape = {std::size_t{1} << 63, 4};
  EXPECT_THAT(message({wrong}), HasSubstr("needs another number"));
  wrong.shape = {2};
  wrong.name = "__metadata__";
  EXPECT_THAT(message({wrong}), HasSubstr("no tensor may be called __metadata__"));
}

TEST(WriteSafetensors, LeavesNothingBehindWhenTheDiskFails) {
  const TemporaryFolder folder;
  FaultyFileSystem files;
  const std::vector<std::byte> bytes(8);
  const StoredTensor tensor{.name = "a", .type = DataType::f32, .shape = {2}, .bytes = bytes};
  for (std::size_t number = 0; number < 3; ++number) {
    files.fail_at(Operation::write, number);
    EXPECT_FALSE(write_safetensors(files, folder / "a", std::span(&tensor, 1)));
    EXPECT_TRUE(folder.names().empty());
  }
}

}  // namespace
}  // namespace kindred::files
