#include "embed/layout.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace kindred::embed {
namespace {

constexpr const char* kOldModules = R"([
  {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
  {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
  {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])";
constexpr const char* kNewModules = R"([
  {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
  {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"}])";

class LayoutTest : public ::testing::Test {
 protected:
  LayoutTest() { std::filesystem::create_directory(folder_ / "1_Pooling"); }

  void write(const char* name, const char* text) { folder_.write(name, text); }
  std::string error() const {
    const auto layout = read_layout(folder_.path());
    return layout ? "" : layout.error().message.substr(folder_.path().string().size() + 1);
  }

  testing::TemporaryFolder folder_;
};

TEST_F(LayoutTest, ReadsTheOldSpelling) {
  write("modules.json", kOldModules);
  write(
      "1_Pooling/config.json",
      R"({"word_embedding_dimension": 384, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})");
  write("sentence_bert_config.json", R"({"max_seq_length": 256, "do_lower_case": false})");
  write("tokenizer_config.json", R"({"model_max_length": 512})");
  const auto layout = read_layout(folder_.path());
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_EQ(layout->pooling.name(), "cls");
  EXPECT_EQ(layout->pooling.token_dimensions(), 384);
  EXPECT_EQ(layout->max_tokens, 256);
  EXPECT_TRUE(layout->normalize);
  EXPECT_TRUE(layout->notes.empty());
}

TEST_F(LayoutTest, ReadsTheNewSpelling) {
  write("modules.json", kNewModules);
  write("1_Pooling/config.json",
        R"({"embedding_dimension": 8, "pooling_mode": "mean", "include_prompt": true})");
  write("sentence_bert_config.json", R"({"transformer_task": "feature-extraction"})");
  write("tokenizer_config.json", R"({"model_max_length": 128})");
  const auto layout = read_layout(folder_.path());
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_EQ(layout->pooling.name(), "mean");
  EXPECT_EQ(layout->pooling.token_dimensions(), 8);
  EXPECT_EQ(layout->max_tokens, 128);
  EXPECT_FALSE(layout->normalize);
}

TEST_F(LayoutTest, AFolderWithoutModulesGetsMeanPoolingAndSaysSo) {
  write("config.json", R"({"architectures": ["BertModel"]})");
  // What transformers writes where a tokenizer knows no limit.
  write("tokenizer_config.json", R"({"model_max_length": 1000000000000000019884624838656})");
  const auto layout = read_layout(folder_.path());
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_EQ(layout->pooling.name(), "mean");
  EXPECT_FALSE(layout->normalize);
  EXPECT_FALSE(layout->max_tokens);
  ASSERT_EQ(layout->notes.size(), 1);
  EXPECT_EQ(layout->notes[0],
            folder_.path().string() + ": no modules.json, so mean pooling without normalisation");
}

TEST_F(LayoutTest, ReadsPromptsModulesAndDimensions) {
  write("modules.json",
        R"([{"path": "", "type": "a.Transformer"}, {"path": "1_Pooling", "type": "a.Pooling"},
                            {"path": "2_Dense", "type": "a.Dense"}, {"path": "3_Normalize", "type": "a.Normalize"}])");
  write("1_Pooling/config.json", R"({"pooling_mode": ["cls", "mean"], "include_prompt": false})");
  write("sentence_bert_config.json", R"({"max_seq_length": 256, "do_lower_case": true})");
  write(
      "config_sentence_transformers.json",
      R"({"prompts": {"query": "query: ", "nothing": null}, "default_prompt_name": "query", "truncate_dim": 3})");
  const auto layout = read_layout(folder_.path());
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_EQ(layout->pooling.name(), "cls+mean");
  EXPECT_FALSE(layout->pooling.include_prompt());
  ASSERT_EQ(layout->modules.size(), 1);
  EXPECT_EQ(layout->modules[0].kind, "Dense");
  EXPECT_TRUE(layout->normalize);
  EXPECT_TRUE(layout->lowercase);
  EXPECT_EQ(layout->dimensions, 3);
  EXPECT_EQ(layout->prompts.texts,
            (std::map<std::string, std::string>{{"nothing", ""}, {"query", "query: "}}));
  EXPECT_EQ(layout->prompts.default_name, "query");
}

TEST_F(LayoutTest, NamesWhatItDoesNotHave) {
  write("modules.json", kOldModules);
  write("1_Pooling/config.json", R"({"pooling_mode": ["cls", 3]})");
  EXPECT_EQ(error(),
            "1_Pooling/config.json: \"pooling_mode\" is [\"cls\",3], a mode or a list of modes is "
            "needed");
  write("1_Pooling/config.json", R"({"pooling_mode": "median"})");
  EXPECT_EQ(error(),
            "1_Pooling/config.json: asks for pooling mode \"median\", Kindred has: cls, max, mean, "
            "mean_sqrt_len_tokens, weightedmean, lasttoken");
  write("1_Pooling/config.json", R"({"pooling_mode_cls_token": 1})");
  EXPECT_EQ(error(),
            "1_Pooling/config.json: \"pooling_mode_cls_token\" is 1, true or false is needed");
  write("1_Pooling/config.json", R"({"pooling_mode": "mean"})");
  write("sentence_bert_config.json", R"({"max_seq_length": 0})");
  EXPECT_EQ(error(),
            "sentence_bert_config.json: \"max_seq_length\" is 0, a whole number from 1 to 1048576 "
            "is needed");
  write("sentence_bert_config.json", "{}");
  write("config_sentence_transformers.json", R"({"prompts": {"query": 3}})");
  EXPECT_EQ(
      error(),
      "config_sentence_transformers.json: \"prompts\" is {\"query\":3}, an object of texts is "
      "needed");
  write("config_sentence_transformers.json",
        R"({"prompts": {"query": "query: "}, "default_prompt_name": "other"})");
  EXPECT_EQ(
      error(),
      "config_sentence_transformers.json: \"default_prompt_name\" is \"other\", the name of a "
      "prompt is needed");
  write("config_sentence_transformers.json", R"({"truncate_dim": -4})");
  EXPECT_EQ(error(),
            "config_sentence_transformers.json: \"truncate_dim\" is -4, a whole number from 1 to "
            "1048576 is needed");
}

TEST_F(LayoutTest, NamesAModuleOutOfPlace) {
  write("modules.json",
        R"([{"path": "", "type": "x.Transformer"}, {"path": "2_Dense", "type": "x.Dense"}])");
  EXPECT_EQ(error(), "modules.json: has no Pooling behind its Transformer");
  write("modules.json", R"([{"path": "", "type": "x.Transformer"}])");
  EXPECT_EQ(error(), "modules.json: has no Pooling behind its Transformer");
  write("modules.json", R"([{"path": "", "type": "x.BoW"}])");
  EXPECT_EQ(error(),
            "modules.json: begins with module \"BoW\", Kindred has: Transformer, StaticEmbedding");
  write("modules.json", "[]");
  EXPECT_EQ(error(), "modules.json: lists no modules");
  write("modules.json", R"([{"path": "../elsewhere", "type": "x.Transformer"}])");
  EXPECT_EQ(error(), "modules.json: module 0 has no \"type\" and \"path\" inside the folder");
  write("modules.json", R"([{"path": "/etc", "type": "x.Transformer"}])");
  EXPECT_EQ(error(), "modules.json: module 0 has no \"type\" and \"path\" inside the folder");
  write("modules.json", R"([7])");
  EXPECT_EQ(error(), "modules.json: module 0 has no \"type\" and \"path\" inside the folder");
  write("modules.json", R"({})");
  EXPECT_EQ(error(), "modules.json: is not a list of modules");
  write("modules.json", "[");
  EXPECT_EQ(error(), "modules.json: is not valid JSON");
}

}  // namespace
}  // namespace kindred::embed
