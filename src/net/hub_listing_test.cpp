#include "net/hub_listing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kindred::net {
namespace {

HubListing listing_of(const std::vector<std::string>& names) {
  HubListing listing{.commit = "c", .files = {}};
  for (const std::string& name : names)
    listing.files.push_back({.name = name, .size = {}, .checksum = {}});
  return listing;
}

std::vector<std::string> chosen(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  if (const auto files = choose_files(listing_of(names), "m"))
    for (const HubFile& file : *files) found.push_back(file.name);
  return found;
}

using Names = std::vector<std::string>;

TEST(HubListingTest, ReadsSizesAndChecksums) {
  const std::string sha256(64, 'a');
  const std::string blob(40, 'b');
  const auto listing = parse_listing(
      R"({"sha": "c0", "siblings": [{"rfilename": "config.json", "size": 5, "blobId": ")" + blob +
          R"("}, {"rfilename": "1_Pooling/config.json"},
                        {"rfilename": "model.safetensors", "blobId": ")" +
          blob + R"(", "lfs": {"size": 9, "sha256": ")" + sha256 + R"("}}]})",
      "m");
  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_EQ(listing->commit, "c0");
  ASSERT_EQ(listing->files.size(), 3);
  EXPECT_EQ(listing->files[0].size, 5);
  EXPECT_EQ(listing->files[0].checksum,
            (Checksum{.kind = Checksum::Kind::git_blob, .hexadecimal = blob}));
  EXPECT_FALSE(listing->files[1].size || listing->files[1].checksum);
  EXPECT_EQ(listing->files[2].size, 9);
  EXPECT_EQ(listing->files[2].checksum,
            (Checksum{.kind = Checksum::Kind::sha256, .hexadecimal = sha256}));
}

TEST(HubListingTest, ChecksumsAreOfKnownLengths) {
  EXPECT_FALSE(read_checksum("abc"));
  EXPECT_FALSE(read_checksum(std::string(64, 'G')));
  EXPECT_EQ(read_checksum(std::string(40, '0'))->name(), "git's SHA-1");
}

TEST(ChooseFilesTest, TakesWhatIsRead) {
  EXPECT_EQ(chosen({"README.md", "config.json", "model.safetensors", "tokenizer.json",
                    "1_Pooling/config.json", "onnx/config.json", "openvino/model.safetensors"}),
            (Names{"config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"}));
}

TEST(ChooseFilesTest, TakesOneFormOfWeightsAFolder) {
  EXPECT_EQ(chosen({"model.safetensors", "pytorch_model.bin", "2_Dense/pytorch_model.bin"}),
            (Names{"model.safetensors", "2_Dense/pytorch_model.bin"}));
  EXPECT_EQ(chosen({"pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin",
                    "pytorch_model.bin.index.json", "tf_model.h5"}),
            (Names{"pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin",
                   "pytorch_model.bin.index.json"}));
  EXPECT_EQ(chosen({"model-00001-of-00001.safetensors", "model.safetensors.index.json",
                    "model.safetensors"}),
            (Names{"model.safetensors"}));
  EXPECT_EQ(chosen({"model.fp16.safetensors", "model.onnx"}), Names{});
}

TEST(ModelNameTest, IsAsHubsHaveThem) {
  for (const char* name : {"a", "bert-base", "org/model_v1.5", "0x/9"})
    EXPECT_TRUE(is_model_name(name)) << name;
  for (const char* name : {"", "/", "a/", "/a", "a/b/c", "..", "a..b", ".a", "a.", "-a", "a b",
                           "a/../b", "a\\b", "a?b"})
    EXPECT_FALSE(is_model_name(name)) << name;
}

}  // namespace
}  // namespace kindred::net
