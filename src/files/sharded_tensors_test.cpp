#include "files/sharded_tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "files/safetensors.h"
#include "support/temporary_folder.h"

namespace kindred::files {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

Result<std::unique_ptr<const TensorSource>> open_shard(const std::filesystem::path& path) {
  return std::make_unique<const SafeTensors>(KINDRED_TRY(SafeTensors::open(path)));
}

// Shards as Transformers splits a model (tests/golden/make_weights.py).
TEST(ShardedTensors, HasTheTensorsOfTheModelThatWasSplit) {
  const std::filesystem::path fixtures(KINDRED_FIXTURES);
  const auto whole = *SafeTensors::open(fixtures / "models/tiny_bert/model.safetensors");
  const auto split =
      ShardedTensors::open(fixtures / "weights/sharded/model.safetensors.index.json", open_shard);
  ASSERT_TRUE(split) << split.error().message;
  ASSERT_EQ(split->tensors().size(), whole.tensors().size());
  for (std::size_t i = 0; i < whole.tensors().size(); ++i) {
    const StoredTensor& expected = whole.tensors()[i];
    const StoredTensor& tensor = split->tensors()[i];
    EXPECT_EQ(tensor.name, expected.name);
    EXPECT_EQ(tensor.shape, expected.shape) << tensor.name;
    EXPECT_TRUE(std::ranges::equal(tensor.bytes, expected.bytes)) << tensor.name;
  }
  EXPECT_EQ(split->contents().size(), 4U) << "the index and three shards";
}

/// Two shards, first with the tensors a and b, second with c.
class DamagedShardsTest : public ::testing::Test {
 protected:
  DamagedShardsTest() {
    write_shard("first", {"a", "b"});
    write_shard("second", {"c"});
  }

  void write_shard(const std::string& file, const std::vector<std::string>& names) const {
    const std::vector<std::byte> value(sizeof(float));
    std::vector<StoredTensor> tensors;
    for (const std::string& name : names) tensors.push_back({.name = name, .bytes = value});
    ASSERT_TRUE(write_safetensors(base::real_file_system(), folder_ / file, tensors));
  }

  std::string error(std::string_view index) const {
    const auto opened = ShardedTensors::open(folder_.write("index.json", index), open_shard);
    return opened ? "" : opened.error().message.substr(folder_.path().string().size() + 1);
  }

  TemporaryFolder folder_;
};

TEST_F(DamagedShardsTest, NamesTheTensorThatIsNotWhereTheIndexSays) {
  EXPECT_EQ(error(R"({"weight_map": {"a": "first", "b": "first", "c": "second"}})"), "");
  EXPECT_EQ(error(R"({"weight_map": {"a": "first", "c": "second"}})"), "") << "b is there too";
  EXPECT_EQ(error(R"({"weight_map": {"a": "second", "b": "first", "c": "second"}})"),
            "index.json: tensor \"a\" is not in its shard \"second\"");
  EXPECT_EQ(error(R"({"weight_map": {"a": "first", "d": "second"}})"),
            "index.json: tensor \"d\" is not in its shard \"second\"");
  EXPECT_EQ(error(R"({"weight_map": {"a": "first", "c": "third"}})"),
            "index.json: its shard \"third\" is missing");
  folder_.write("third", "not tensors");
  EXPECT_THAT(error(R"({"weight_map": {"a": "first", "c": "third"}})"), HasSubstr("third: "));
}

TEST_F(DamagedShardsTest, NamesTheTensorThatLiesInTwoShards) {
  write_shard("second", {"c", "b"});
  EXPECT_EQ(error(R"({"weight_map": {"a": "first", "b": "first", "c": "second"}})"),
            "index.json: tensor \"b\" lies in two shards, \"first\" and \"second\"");
}

TEST_F(DamagedShardsTest, OpensNothingOutsideOfItsFolder) {
  for (const std::string_view name : {"../first", "/etc/passwd", "..", ".", "", "sub/first",
                                      "..\\\\first", "C:first", "first\\u0000"})
    EXPECT_THAT(error("{\"weight_map\": {\"a\": \"" + std::string(name) + "\"}}"),
                HasSubstr("of tensor \"a\" is not the name of a file of its folder"))
        << name;
}

TEST_F(DamagedShardsTest, NamesWhatIsWrongInTheIndex) {
  EXPECT_EQ(error("{"), "index.json: is not valid JSON");
  EXPECT_EQ(error(std::string(1000000, '[')), "index.json: is not valid JSON");
  for (const std::string_view index : {"[]", "{}", R"({"weight_map": []})"})
    EXPECT_EQ(error(index),
              "index.json: has no \"weight_map\" that names the shard of each tensor");
  EXPECT_EQ(error(R"({"weight_map": {}})"), "index.json: its \"weight_map\" is empty");
  EXPECT_EQ(error(R"({"weight_map": {"a": 1}})"),
            "index.json: the shard of tensor \"a\" is not text");
}

}  // namespace
}  // namespace kindred::files
