// Each operation beside TensorFlow's own result (tests/golden/make_saved_model.py).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>
#include <string>

#include "base/file_system.h"
#include "tensorflow/operation.h"
#include "tensorflow/program.h"
#include "tensorflow/saved_model.h"

namespace kindred::tensorflow {
namespace {

const std::filesystem::path kFile =
    std::filesystem::path(KINDRED_FIXTURES) / "saved_model" / "operations.pb";

void expect_equal(const Value& found, const Value& expected, const std::string& what) {
  EXPECT_EQ(found.type, expected.type) << what;
  ASSERT_EQ(found.shape, expected.shape) << what;
  ASSERT_EQ(found.data.index(), expected.data.index()) << what;
  if (const auto* floats = std::get_if<std::vector<float>>(&found.data)) {
    const auto& others = std::get<std::vector<float>>(expected.data);
    for (std::size_t i = 0; i < floats->size(); ++i) {
      if (std::isfinite(others[i]))
        EXPECT_NEAR((*floats)[i], others[i], 2e-6 * std::max(1.0F, std::abs(others[i])))
            << what << " " << i;
      else
        EXPECT_TRUE((*floats)[i] == others[i] ||
                    (std::isnan((*floats)[i]) && std::isnan(others[i])))
            << what << " " << i;
    }
  } else if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&found.data)) {
    EXPECT_EQ(*numbers, std::get<std::vector<std::int64_t>>(expected.data)) << what;
  } else {
    const auto& texts = std::get<std::vector<Text>>(found.data);
    const auto& others = std::get<std::vector<Text>>(expected.data);
    ASSERT_EQ(texts.size(), others.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
      EXPECT_EQ(texts[i].view(), others[i].view()) << what << " " << i;
  }
}

class OperationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bytes_ = *base::read_file(kFile);
    model_ = *parse_saved_model(bytes_, "operations.pb");
  }

  ProgramBuilder builder() const {
    return {model_, [](std::string_view) { return fail(ErrorCode::not_found, "no variables"); },
            [](std::string_view) { return fail(ErrorCode::not_found, "no files"); }};
  }

  std::string bytes_;
  SavedModel model_;
};

TEST_F(OperationsTest, AgreeWithTensorFlow) {
  std::set<std::string_view> names;
  for (const Node& node : model_.nodes) names.insert(node.name);
  std::size_t cases = 0;
  std::set<std::string_view> seen;
  for (const Node& node : model_.nodes) {
    if (!node.name.starts_with("case_") || node.name.contains('/')) continue;
    const std::string number(node.name.substr(5));
    const std::string what = fmt::format("{} ({})", node.name, node.operation);
    seen.insert(node.operation);
    ++cases;
    for (std::size_t output = 0; names.contains(fmt::format("expected_{}_{}", number, output));
         ++output) {
      const auto value_of = [&](const std::string& name) {
        ProgramBuilder made = builder();
        const auto slot = made.tensor(name, {});
        EXPECT_TRUE(slot) << what << ": " << slot.error().message;
        tensor::Workspace workspace;
        return slot ? *made.finish(*slot).run(workspace, {}) : Value();
      };
      const Value found = value_of(fmt::format("case_{}:{}", number, output));
      expect_equal(found, value_of(fmt::format("expected_{}_{}", number, output)), what);
    }
  }
  EXPECT_GT(cases, 150U);
  // The others are run by the models of text_model_test.cpp.
  const std::set<std::string_view> elsewhere = {"LookupTableFindV2", "LookupTableSizeV2",
                                                "ResourceGather"};
  for (const auto operations : {arithmetic_operations(), reductions(), array_operations(),
                                sparse_operations(), text_operations(), matrix_operations()})
    for (const Operation& operation : operations)
      EXPECT_TRUE(seen.contains(operation.name) || elsewhere.contains(operation.name))
          << operation.name;
}

/// The error of one operation on constants.
std::string error_of(const char* operation, std::vector<Value> values) {
  SavedModel model;
  model.nodes.push_back({.name = "node", .operation = operation});
  std::vector<std::string> names;
  names.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) names.push_back(fmt::format("in{}", i));
  ProgramBuilder builder(
      model, [](std::string_view) { return fail(ErrorCode::not_found, ""); },
      [](std::string_view) { return fail(ErrorCode::not_found, ""); });
  std::map<std::string_view, Slot> fed;
  for (std::size_t i = 0; i < values.size(); ++i) {
    model.nodes[0].inputs.emplace_back(names[i]);
    fed[names[i]] = builder.constant(std::move(values[i]));
  }
  const auto slot = builder.tensor("node:0", fed);
  return slot ? "" : slot.error().message;
}

TEST(Operations, CheckWhatTheyAreGiven) {
  const auto numbers = [](Shape shape, std::vector<std::int64_t> values) {
    return Value::integers(Type::i64, std::move(shape), std::move(values));
  };
  const Value text = Value::texts({}, {Text(std::string_view("x"))});
  EXPECT_EQ(error_of("Nonsense", {}),
            "node \"node\" is a Nonsense, an operation that Kindred doesn't have");
  EXPECT_EQ(error_of("AddV2", {}), "node \"node\" (AddV2): has 0 inputs");
  EXPECT_EQ(error_of("AddV2", {numbers({}, {1}), text}),
            "node \"node\" (AddV2): its inputs have two types");
  EXPECT_EQ(error_of("FloorMod", {numbers({}, {1}), numbers({}, {0})}),
            "node \"node\" (FloorMod): divides by zero");
  EXPECT_EQ(error_of("AddV2", {numbers({2}, {1, 2}), numbers({3}, {1, 2, 3})}),
            "node \"node\" (AddV2): its inputs' shapes don't go together");
  EXPECT_EQ(error_of("Fill", {numbers({2}, {1 << 20, 1 << 20}), text}),
            "node \"node\" (Fill): makes more than 67108864 values");
  EXPECT_EQ(error_of("Gather", {numbers({2}, {1, 2}), numbers({1}, {2})}),
            "node \"node\" (Gather): asks for place 2 of 2");
  EXPECT_EQ(error_of("RegexReplace", {text, Value::texts({}, {Text(std::string_view("("))}), text}),
            "node \"node\" (RegexReplace): has an expression that RE2 doesn't read");
}

TEST(Operations, CirclesAndCallsWithoutEndAreErrors) {
  SavedModel model;
  model.nodes = {{.name = "a", .operation = "Neg", .inputs = {"b"}},
                 {.name = "b", .operation = "Neg", .inputs = {"a"}}};
  Function function{.name = "f",
                    .inputs = {{.name = "x", .type = Type::f32}},
                    .outputs = {{.name = "y", .type = Type::f32}},
                    .nodes = {{.name = "again", .operation = "f", .inputs = {"x"}}},
                    .returned = {{"y", "again:y:0"}}};
  model.functions.emplace("f", function);
  const auto none = [](std::string_view) { return fail(ErrorCode::not_found, ""); };
  ProgramBuilder builder(model, none, none);
  EXPECT_EQ(builder.tensor("a:0", {}).error().message, "node \"a\" waits for itself");
  const std::vector<Slot> arguments = {builder.argument()};
  EXPECT_EQ(builder.call("f", arguments).error().message, "calls functions too deep");
}

}  // namespace
}  // namespace kindred::tensorflow
