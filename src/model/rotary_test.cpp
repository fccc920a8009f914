#include "model/rotary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.h"

namespace kindred::model {
namespace {

Result<tensor::Rotary> rotary_of(const nlohmann::json& config, const RotaryFields& fields = {}) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.path() / "config.json") << config;
  const auto read = Config::read(folder.path() / "config.json");
  auto rotary = read_rotary(*read, 8, fields);
  if (!rotary) rotary.error().message.erase(0, folder.path().string().size() + 1);
  return rotary;
}

void expect_frequencies(const nlohmann::json& config, const std::vector<double>& expected) {
  const auto rotary = rotary_of(config);
  ASSERT_TRUE(rotary) << rotary.error().message;
  ASSERT_EQ(rotary->frequencies.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(rotary->frequencies[i] / expected[i], 1, 1e-6) << config;
}

TEST(RotaryTest, FrequenciesAreAGeometricSeries) {
  expect_frequencies(nlohmann::json::object(), {1, 0.1, 0.01, 0.001});
  expect_frequencies({{"rope_theta", 16}}, {1, 0.5, 0.25, 0.125});
  expect_frequencies({{"rope_theta", 16}, {"rope_scaling", nullptr}}, {1, 0.5, 0.25, 0.125});
  expect_frequencies({{"rope_parameters", {{"rope_type", "default"}, {"rope_theta", 16}}}},
                     {1, 0.5, 0.25, 0.125});
}

TEST(RotaryTest, ScalingsStretchThem) {
  const auto scaled = [](const nlohmann::json& scaling) {
    return nlohmann::json{
        {"rope_theta", 16}, {"rope_scaling", scaling}, {"max_position_embeddings", 100}};
  };
  expect_frequencies(scaled({{"type", "linear"}, {"factor", 2}}), {0.5, 0.25, 0.125, 0.0625});
  // theta 16 * 16, all divided by 16^(1/4).
  expect_frequencies(scaled({{"type", "ntk"}, {"factor", 16.0}}), {0.5, 0.125, 0.03125, 0.0078125});
  expect_frequencies(scaled({{"rope_type", "dynamic"}, {"factor", 2}}), {1, 0.5, 0.25, 0.125});
}

TEST(RotaryTest, NamesWhatIsWrong) {
  const auto error = [](const nlohmann::json& scaling) {
    const auto rotary = rotary_of({{"rope_scaling", scaling}});
    return rotary ? "" : rotary.error().message;
  };
  EXPECT_EQ(error({{"type", "longrope"}, {"factor", 2}}),
            "config.json: \"rope_scaling.type\" is \"longrope\", one of \"default\", \"linear\", "
            "\"ntk\", \"dynamic\", \"yarn\", \"llama3\" is needed");
  EXPECT_EQ(error({{"type", "linear"}}),
            "config.json: \"rope_scaling.factor\" is missing, a number is needed");
  EXPECT_EQ(error({{"type", "linear"}, {"factor", -2}}),
            "config.json: \"rope_scaling.factor\" is -2, a number above 0 is needed");
  EXPECT_EQ(error({{"type", "linear"}, {"factor", 2}, {"wobble", 1}}),
            "config.json: \"rope_scaling.wobble\" is 1, which Kindred doesn't know: it might "
            "change the vectors");
  EXPECT_EQ(error("linear"), "config.json: \"rope_scaling\" is \"linear\", an object is needed");
}

}  // namespace
}  // namespace kindred::model
