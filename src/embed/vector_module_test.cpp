#include "embed/vector_module.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace kindred::embed {
namespace {

class VectorModuleTest : public ::testing::Test {
 protected:
  std::string error(const std::string& kind, const char* config, std::size_t dimensions = 4) {
    folder_.write("config.json", config);
    const auto module = open_module({.kind = kind, .folder = folder_.path()}, dimensions);
    if (module) return "";
    const std::string& message = module.error().message;
    const std::string place = folder_.path().string();
    return message.starts_with(place) ? message.substr(place.size()) : message;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(VectorModuleTest, NamesAKindThatItDoesNotHave) {
  EXPECT_EQ(error("CNN", "{}"),
            ": is a module \"CNN\", behind a Pooling Kindred has: Dense, Dropout, LayerNorm, "
            "Normalize");
}

TEST_F(VectorModuleTest, NamesWhatADenseLayerContradicts) {
  EXPECT_EQ(error("Dense", R"({"in_features": 5, "out_features": 3})"),
            "/config.json: \"in_features\" is 5, 4, the dimensions of what comes, is needed");
  EXPECT_EQ(error("Dense", R"({"in_features": 4, "out_features": 0})"),
            "/config.json: \"out_features\" is 0, a whole number from 1 to 1048576 is needed");
  EXPECT_EQ(
      error("Dense", R"({"in_features": 4, "out_features": 3,
                               "activation_function": "torch.nn.modules.activation.Mish"})"),
      "/config.json: \"activation_function\" is \"torch.nn.modules.activation.Mish\", Kindred "
      "has: Identity, Tanh, ReLU, GELU, SiLU, Sigmoid");
  EXPECT_EQ(error("Dense", R"({"in_features": 4, "out_features": 3,
                               "module_input_name": "token_embeddings"})"),
            "/config.json: \"module_input_name\" is \"token_embeddings\", Kindred has "
            "\"sentence_embedding\"");
  EXPECT_EQ(error("Dense", R"({"in_features": 4, "out_features": 3, "gain": 2})"),
            "/config.json: \"gain\" is 2, which Kindred doesn't know: it might change the vectors");
  EXPECT_EQ(error("Dense", R"({"in_features": 4, "out_features": 1048576})").substr(0, 17),
            ": has no weights,");
}

TEST_F(VectorModuleTest, NamesALayerNormOfAnotherSize) {
  EXPECT_EQ(error("LayerNorm", R"({"dimension": 3})"),
            "/config.json: \"dimension\" is 3, 4, the dimensions of what comes, is needed");
}

}  // namespace
}  // namespace kindred::embed
