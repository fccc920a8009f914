#include "files/torch_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "files/safetensors.h"
#include "support/archive.h"

namespace kindred::files {
namespace {

const std::filesystem::path kTorch = std::filesystem::path(KINDRED_FIXTURES) / "torch";

class TorchTest : public ::testing::TestWithParam<const char*> {};

TEST_P(TorchTest, TensorsAreThoseOfTheSameInSafetensors) {
  const auto found = TorchWeights::open(kTorch / (std::string(GetParam()) + ".bin"));
  ASSERT_TRUE(found) << found.error().message;
  const auto expected = SafeTensors::open(kTorch / (std::string(GetParam()) + ".safetensors"));
  ASSERT_EQ(found->tensors().size(), expected->tensors().size());
  for (std::size_t i = 0; i < expected->tensors().size(); ++i) {
    const StoredTensor& tensor = found->tensors()[i];
    const StoredTensor& same = expected->tensors()[i];
    EXPECT_EQ(tensor.name, same.name);
    EXPECT_EQ(tensor.type, same.type) << tensor.name;
    EXPECT_EQ(tensor.shape, same.shape) << tensor.name;
    EXPECT_TRUE(std::ranges::equal(tensor.bytes, same.bytes)) << tensor.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, TorchTest, ::testing::Values("plain", "model"),
                         [](const auto& name) { return std::string(name.param); });

/// What is wrong with an archive whose pickle is this, beside a storage "0" of 16 bytes.
std::string error_of(const std::string& pickle) {
  const std::string archive = testing::stored_archive(
      {{"m/data.pkl", pickle}, {"m/data/0", std::string(16, '\0')}, {"m/version", "3\n"}});
  const auto weights = TorchWeights::parse(std::as_bytes(std::span(archive)), "m.bin");
  return weights ? "" : weights.error().message;
}

using namespace std::string_literals;

/// {"w": tensor of these offset, sizes and strides}
std::string with_tensor(const std::string& key, const std::string& offset, const std::string& sizes,
                        const std::string& strides) {
  return "\x80\x02}X\x01\0\0\0w"s +
         "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\n"s + "FloatStorage\nX"s +
         std::string(1, static_cast<char>(key.size())) + "\0\0\0"s + key +
         "X\x03\0\0\0cpuK\x04tQ"s + offset + sizes + strides + "\x89}tRs."s;
}

TEST(TorchWeightsTest, ReadsAPickleMadeByHand) {
  EXPECT_EQ(error_of(with_tensor("0", "K\x01", "K\x03\x85", "K\x01\x85")), "");
}

TEST(TorchWeightsTest, RefusesWhatLiesBeyondItsStorage) {
  EXPECT_EQ(error_of(with_tensor("0", "K\x02", "K\x03\x85", "K\x01\x85")),
            "m.bin: tensor \"w\": its 3 values from 2 on, strides 1, do not lie in a storage of 4");
  EXPECT_EQ(error_of(with_tensor("0", "K\x01", "K\x02K\x02\x86", "J\xff\xff\xff\x7fK\x01\x86")),
            "m.bin: tensor \"w\": its 2 x 2 values from 1 on, strides 2147483647, 1, do not lie in "
            "a storage of 4");
  // Many values out of one, which would fill the memory.
  EXPECT_EQ(error_of(with_tensor("0", "K\0"s, "J\xff\xff\xff\x7f\x85", "K\0\x85"s)),
            "m.bin: tensor \"w\": its 2147483647 values from 0 on, strides 0, do not lie in a "
            "storage of 4");
  EXPECT_EQ(error_of(with_tensor("0", "K\0"s, "J\xff\xff\xff\xff\x85", "K\x01\x85")),
            "m.bin: tensor \"w\": it is not described as torch.save does");
  EXPECT_EQ(error_of(with_tensor("7", "K\0"s, "K\x01\x85", "K\x01\x85")),
            "m.bin: its storage \"7\" is not in the archive");
}

TEST(TorchWeightsTest, RunsNothingOfAPickle) {
  EXPECT_EQ(error_of("\x80\x02"s + "cos\nsystem\nX\x02\0\0\0ls\x85R."s),
            "m.bin: the pickle at byte 2 asks for \"os.system\", which plain tensors don't need; "
            "Kindred runs no code of a model's file");
  EXPECT_EQ(error_of("\x80\x02"s + "cbuiltins\neval\n."s),
            "m.bin: the pickle at byte 2 asks for \"builtins.eval\", which plain tensors don't "
            "need; Kindred runs no code of a model's file");
  EXPECT_EQ(
      error_of("\x80\x02(ios\nsystem\n."s),
      "m.bin: the pickle at byte 3 has the opcode 'i' (0x69), which plain tensors don't need");
  EXPECT_EQ(error_of("\x80\x04\x95."s),
            "m.bin: is a pickle of protocol 4, Kindred reads 2, which torch.save writes");
}

TEST(TorchWeightsTest, RefusesABrokenPickle) {
  EXPECT_EQ(error_of(""), "m.bin: the pickle at byte 0 promises 1 bytes, 0 are left of it");
  EXPECT_EQ(error_of("\x80\x02."s),
            "m.bin: the pickle at byte 2 takes a value from an empty stack");
  EXPECT_EQ(error_of("\x80\x02h\x05."s),
            "m.bin: the pickle at byte 2 asks for what it remembered as 5, which is nothing");
  EXPECT_EQ(error_of("\x80\x02X\xff\xff\xff\xff."s),
            "m.bin: the pickle at byte 2 promises 4294967295 bytes, 1 are left of it");
  EXPECT_EQ(error_of("\x80\x02t."s),
            "m.bin: the pickle at byte 2 looks for a mark that was not set");
  EXPECT_EQ(error_of("\x80\x02NN."s),
            "m.bin: the pickle at byte 4 ends while values are left over");
  EXPECT_EQ(error_of("\x80\x02K\x05."s),
            "m.bin: holds an integer, a dictionary of tensors is needed");
  // A list within itself, and a deep nest: neither is walked.
  EXPECT_EQ(error_of("\x80\x02]q\0h\0a."s),
            "m.bin: holds a list, a dictionary of tensors is needed");
  std::string deep = "\x80\x02N"s;
  for (int i = 0; i < 200000; ++i) deep += '\x85';
  EXPECT_EQ(error_of(deep + "."), "m.bin: holds a tuple, a dictionary of tensors is needed");
  const std::string many(std::size_t{3} << 20, 'N');
  EXPECT_EQ(error_of("\x80\x02"s + many),
            "m.bin: the pickle at byte 1048578 has more than 1048576 values");
}

TEST(TorchWeightsTest, RefusesWhatIsNoArchiveOfTorch) {
  const auto error = [](const std::string& bytes) {
    const auto weights = TorchWeights::parse(std::as_bytes(std::span(bytes)), "m.bin");
    return weights ? "" : weights.error().message;
  };
  EXPECT_EQ(error("\x80\x02\x8a\nl\xfc\x9c"),
            "m.bin: is no zip archive; if PyTorch before 1.6 wrote it, load it with torch.load and "
            "save it again");
  EXPECT_EQ(error(testing::stored_archive({{"data.pkl", "\x80\x02}."}})),
            "m.bin: is a zip archive without the data.pkl of torch.save");
  EXPECT_EQ(error(testing::stored_archive({{"m/data.pkl", "\x80\x02}."}, {"m/byteorder", "big"}})),
            "m.bin: its byte order is \"big\", Kindred reads \"little\"");
  EXPECT_EQ(error(testing::stored_archive({{"m/a", "1"}, {"m/a", "2"}})),
            "m.bin: its entry \"m/a\" comes twice");
}

TEST(TorchWeightsTest, SurvivesEveryPrefixAndManyFlips) {
  const std::string whole = *base::read_file(kTorch / "model.bin");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto part = std::as_bytes(std::span(whole)).first(size);
    EXPECT_FALSE(TorchWeights::parse(part, "m.bin")) << size;
  }
  std::string damaged = whole;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    const auto weights = TorchWeights::parse(std::as_bytes(std::span(damaged)), "m.bin");
    if (weights) {
      for (const StoredTensor& tensor : weights->tensors())
        EXPECT_EQ(*bytes_of(tensor.shape, tensor.type), tensor.bytes.size());
    }
    damaged[i] = whole[i];
  }
}

}  // namespace
}  // namespace kindred::files
