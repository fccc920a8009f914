#include "files/gguf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/file_system.h"
#include "kindred/vectors.h"

namespace kindred::files {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(KINDRED_FIXTURES) / "gguf";

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(GgufTest, BlocksOfEveryKindAreThoseOfTheReferenceBitForBit) {
  const auto gguf = Gguf::open(kFixtures / "blocks.gguf");
  ASSERT_TRUE(gguf) << gguf.error().message;
  ASSERT_EQ(gguf->tensors().size(), 8);
  for (const StoredTensor& tensor : gguf->tensors()) {
    EXPECT_EQ(tensor.name, name_of(tensor.type));
    EXPECT_EQ(tensor.shape, (std::vector<std::size_t>{3, 512}));
    std::vector<float> values(tensor.size());
    ASSERT_TRUE(copy_as_f32(tensor, values));
    const Matrix expected = *read_vectors(kFixtures / ("blocks_" + tensor.name + ".npy"));
    ASSERT_EQ(values.size(), expected.values().size());
    EXPECT_EQ(std::memcmp(values.data(), expected.data(), values.size() * sizeof(float)), 0)
        << tensor.name;
  }
}

TEST(GgufTest, ValuesHaveTheirKinds) {
  const auto gguf = Gguf::open(kFixtures / "blocks.gguf");
  ASSERT_TRUE(gguf) << gguf.error().message;
  EXPECT_EQ(*gguf->text("general.architecture"), "none");
  EXPECT_EQ(*gguf->flag("flag"), true);
  EXPECT_EQ(*gguf->number("half"), 0.5);
  EXPECT_EQ(*gguf->numbers("numbers"), (std::vector<double>{1, 2, 3}));
  EXPECT_FALSE(*gguf->count("nothing"));
  EXPECT_TRUE(gguf->texts("nothing")->empty());
  const auto message = [](const auto& result) {
    return result.error().message.substr(kFixtures.string().size() + 1);
  };
  EXPECT_EQ(message(gguf->count("below")),
            "blocks.gguf: \"below\" is wrong, a whole number of at least 0 is needed");
  EXPECT_EQ(message(gguf->text("flag")), "blocks.gguf: \"flag\" is wrong, a text is needed");
  EXPECT_EQ(message(gguf->texts("numbers")),
            "blocks.gguf: \"numbers\" is wrong, a list of texts is needed");
}

/// A file, put together by hand.
class Writer {
 public:
  Writer& raw(const std::string& bytes) {
    bytes_ += bytes;
    return *this;
  }
  template <typename Number>
  Writer& number(Number value) {
    char raw_bytes[sizeof value];
    std::memcpy(raw_bytes, &value, sizeof value);
    bytes_.append(raw_bytes, sizeof value);
    return *this;
  }
  Writer& text(const std::string& value) { return number<std::uint64_t>(value.size()).raw(value); }
  Writer& head(std::uint64_t tensors, std::uint64_t values) {
    return raw("GGUF").number<std::uint32_t>(3).number(tensors).number(values);
  }
  Writer& tensor(const std::string& name, std::uint64_t columns, std::uint32_t type,
                 std::uint64_t offset) {
    return text(name).number<std::uint32_t>(1).number(columns).number(type).number(offset);
  }
  std::string error() const {
    const auto gguf = Gguf::parse(bytes_of(bytes_), "f");
    return gguf ? "" : gguf.error().message;
  }

 private:
  std::string bytes_;
};

TEST(GgufTest, NamesWhatIsWrong) {
  constexpr std::uint32_t kU32 = 4;
  constexpr std::uint32_t kText = 8;
  constexpr std::uint32_t kArray = 9;
  EXPECT_EQ(Writer().raw("GGUX").error(), "f: doesn't begin with \"GGUF\"");
  EXPECT_EQ(Writer().raw("GG").error(), "f: ends within the beginning");
  EXPECT_EQ(Writer().raw("GGUF").number<std::uint32_t>(1).error(),
            "f: has version 1, Kindred reads 2 and 3");
  EXPECT_EQ(Writer().raw("GGUF").number<std::uint32_t>(3U << 24).error(), "f: is big-endian");
  EXPECT_EQ(Writer().head(1, 0).error(), "f: promises 0 values and 1 tensors, and ends before");
  EXPECT_EQ(Writer().head(0, ~std::uint64_t{0}).error(),
            "f: promises 18446744073709551615 values and 0 tensors, and ends before");
  EXPECT_EQ(Writer().head(0, 1).number<std::uint64_t>(1 << 20).raw("abcdefgh").error(),
            "f: ends within the name of a value");
  EXPECT_EQ(Writer().head(0, 1).text("a").number<std::uint32_t>(99).raw("abcdefgh").error(),
            "f: \"a\" has the unknown type 99");
  EXPECT_EQ(Writer().head(0, 1).text("a").number(kText).number(~std::uint64_t{0}).error(),
            "f: ends within \"a\"");
  EXPECT_EQ(Writer()
                .head(0, 1)
                .text("a")
                .number(kArray)
                .number(kU32)
                .number(std::uint64_t{1} << 40)
                .error(),
            "f: \"a\" promises 1099511627776 elements, and ends before");
  EXPECT_EQ(
      Writer().head(0, 1).text("a").number(kArray).number(kArray).number(~std::uint64_t{0}).error(),
      "f: \"a\" is an array of arrays");
  EXPECT_EQ(
      Writer().head(0, 2).text("a").number(kU32).number(1).text("a").number(kU32).number(1).error(),
      "f: \"a\" stands twice");
  EXPECT_EQ(Writer().head(0, 1).text("general.alignment").number(kU32).number(3).error(),
            "f: \"general.alignment\" is wrong, a power of two up to 65536 is needed");
  EXPECT_EQ(Writer().head(1, 0).tensor("t", 4, 0, 0).error(),
            "f: tensor \"t\" doesn't lie in the file");
  EXPECT_EQ(Writer().head(1, 0).tensor("t", ~std::uint64_t{0}, 0, 0).error(),
            "f: tensor \"t\" doesn't lie in the file");
  EXPECT_EQ(Writer().head(1, 0).tensor("t", 33, 2, 0).raw(std::string(256, 'x')).error(),
            "f: tensor \"t\" doesn't lie in the file");
  EXPECT_EQ(Writer().head(1, 0).tensor("t", 32, 16, 0).error(),
            "f: tensor \"t\" has the type 16, Kindred has: F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, "
            "Q4_K, Q5_K, Q6_K, F64, BF16");
  EXPECT_EQ(Writer().head(1, 0).text("t").number<std::uint32_t>(5).raw("abcdefghijkl").error(),
            "f: tensor \"t\" has 5 axes");
  EXPECT_EQ(Writer()
                .head(2, 0)
                .tensor("t", 4, 0, 0)
                .tensor("t", 4, 0, 0)
                .raw(std::string(64, 'x'))
                .error(),
            "f: tensor \"t\" stands twice");
  EXPECT_EQ(Writer().head(1, 0).tensor("t", 4, 0, 0).raw(std::string(64, 'x')).error(), "");
}

TEST(GgufTest, EveryCutIsAnErrorOrAFileWithoutTensors) {
  const std::string whole = *base::read_file(kFixtures / "blocks.gguf");
  for (std::size_t size = 0; size < 1500; ++size) {
    const std::string part = whole.substr(0, size);
    EXPECT_FALSE(Gguf::parse(bytes_of(part), "f")) << size;
  }
}

}  // namespace
}  // namespace kindred::files
