#include "tensorflow/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "files/excerpt.h"

namespace kindred::tensorflow {
namespace {

constexpr std::size_t kMostSteps = 100'000;
constexpr std::size_t kDeepest = 500;
constexpr std::size_t kMostScopes = 10'000;
/// In all constants, or all results of one run.
constexpr std::size_t kMostValuesInAll = std::size_t{1} << 28;
constexpr std::size_t kMostOutputs = 65'536;

/// An operation's error, with the node's name.
Error at_node(const Node& node, const Error& error) {
  return {error.code, fmt::format("node \"{}\" ({}): {}", files::excerpt(node.name),
                                  files::excerpt(node.operation), error.message)};
}

bool is_any(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

constexpr std::array<std::string_view, 7> kPassing = {
    "Identity",    "IdentityN",      "StopGradient", "PreventGradient",
    "EnsureShape", "ReadVariableOp", "Snapshot"};
constexpr std::array<std::string_view, 2> kCalls = {"PartitionedCall", "StatefulPartitionedCall"};
constexpr std::array<std::string_view, 3> kVariables = {"VarHandleOp", "VariableV2", "Variable"};
constexpr std::array<std::string_view, 2> kTables = {"HashTableV2", "MutableHashTableV2"};
constexpr std::array<std::string_view, 3> kFilling = {"InitializeTableFromTextFileV2",
                                                      "InitializeTableV2", "LookupTableImportV2"};

/// A number at the end of a reference: "node:1", "node:output:1".
std::optional<std::size_t> number_of(std::string_view digits) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number > kMostOutputs)
    return std::nullopt;
  return number;
}

/// One line of a vocabulary: its text or number in column `index` (-2: the whole line, -1: the
/// line's number).
std::optional<std::string_view> column(std::string_view line, std::int64_t index, char delimiter) {
  if (index == -2) return line;
  for (; index > 0; --index) {
    const auto end = line.find(delimiter);
    if (end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(end + 1);
  }
  return line.substr(0, line.find(delimiter));
}

}  // namespace

/// The graph, or a function at one of its calls.
struct ProgramBuilder::Scope {
  std::unordered_map<std::string_view, const Node*> nodes;
  std::map<std::string_view, Slot> fed;  // arguments of a function, placeholders of the graph
  const Function* function = nullptr;    // none: the graph
  std::unordered_map<const Node*, Outputs> done;
  std::set<const Node*> waiting;  // for their inputs
};

ProgramBuilder::ProgramBuilder(const SavedModel& model, Variables variable, Files read_file)
    : model_(model), variable_(std::move(variable)), read_file_(std::move(read_file)) {}
ProgramBuilder::~ProgramBuilder() = default;

Slot ProgramBuilder::constant(Value value) {
  program_.constants_.push_back(std::move(value));
  return {Slot::Kind::constant, program_.constants_.size() - 1, 0};
}

Result<void> ProgramBuilder::account(const Value& value) {
  if (!std::holds_alternative<const files::StoredTensor*>(value.data)) values_ += value.size();
  if (values_ > kMostValuesInAll)
    return fail(ErrorCode::unsupported, "its constants take too much memory");
  return {};
}

Result<ProgramBuilder::Scope*> ProgramBuilder::enter(std::string_view function,
                                                     std::span<const Slot> arguments) {
  const auto found = model_.functions.find(function);
  if (found == model_.functions.end())
    return fail(ErrorCode::corrupt,
                fmt::format("there is no function \"{}\"", files::excerpt(function)));
  if (arguments.size() != found->second.inputs.size())
    return fail(ErrorCode::corrupt, fmt::format("function \"{}\" takes {} arguments and gets {}",
                                                files::excerpt(function),
                                                found->second.inputs.size(), arguments.size()));
  if (scopes_.size() >= kMostScopes)
    return fail(ErrorCode::unsupported, "calls too many functions");
  auto scope = std::make_unique<Scope>();
  scope->function = &found->second;
  for (const Node& node : found->second.nodes) scope->nodes.emplace(node.name, &node);
  for (std::size_t i = 0; i < arguments.size(); ++i)
    scope->fed[found->second.inputs[i].name] = arguments[i];
  scopes_.push_back(std::move(scope));
  return scopes_.back().get();
}

Result<std::vector<Slot>> ProgramBuilder::call(std::string_view function,
                                               std::span<const Slot> arguments) {
  if (depth_ >= kDeepest) return fail(ErrorCode::unsupported, "calls functions too deep");
  ++depth_;
  Scope& scope = *KINDRED_TRY(enter(function, arguments));
  std::vector<Slot> results;
  for (const Argument& output : scope.function->outputs) {
    const auto reference = scope.function->returned.find(output.name);
    if (reference == scope.function->returned.end())
      return fail(ErrorCode::corrupt,
                  fmt::format("function \"{}\" doesn't give its result \"{}\"",
                              files::excerpt(function), files::excerpt(output.name)));
    results.push_back(KINDRED_TRY(find(scope, reference->second)));
  }
  --depth_;
  return results;
}

Result<Slot> ProgramBuilder::tensor(std::string_view name,
                                    const std::map<std::string_view, Slot>& fed) {
  Scope scope;
  for (const Node& node : model_.nodes) scope.nodes.emplace(node.name, &node);
  scope.fed = fed;
  return find(scope, name);
}

/// A function's: "argument", "node:output:1"; the graph's: "node", "node:1".
Result<Slot> ProgramBuilder::find(Scope& scope, std::string_view reference) {
  const auto missing = [&] {
    return fail(ErrorCode::corrupt, fmt::format("nothing gives \"{}\"", files::excerpt(reference)));
  };
  const auto first = reference.find(':');
  const std::string_view name = reference.substr(0, first);
  const auto fed = scope.fed.find(name);
  if (fed != scope.fed.end()) return fed->second;
  const auto node = scope.nodes.find(name);
  if (node == scope.nodes.end()) return missing();
  std::size_t number = 0;
  if (first != std::string_view::npos) {
    const std::string_view rest = reference.substr(first + 1);
    const auto second = rest.find(':');
    if ((second != std::string_view::npos) != (scope.function != nullptr)) return missing();
    const auto index = number_of(scope.function ? rest.substr(second + 1) : rest);
    if (!index) return missing();
    number = *index;
    if (const Operation* operation = find_operation(node->second->operation);
        operation != nullptr && scope.function && operation->outputs.size() > 1) {
      const auto output = std::ranges::find(operation->outputs, rest.substr(0, second));
      if (output == operation->outputs.end()) return missing();
      number += static_cast<std::size_t>(output - operation->outputs.begin());
    }
  }
  const Outputs& outputs = *KINDRED_TRY(evaluate(scope, *node->second));
  if (outputs.open)
    return Slot{.kind = Slot::Kind::step, .number = outputs.slots[0].number, .output = number};
  if (number >= outputs.slots.size()) return missing();
  return outputs.slots[number];
}

Result<std::vector<Slot>> ProgramBuilder::inputs_of(Scope& scope, const Node& node) {
  std::vector<Slot> inputs;
  for (const std::string_view input : node.inputs)
    if (!input.starts_with('^')) inputs.push_back(KINDRED_TRY(find(scope, input)));
  return inputs;
}

Result<const ProgramBuilder::Outputs*> ProgramBuilder::evaluate(Scope& scope, const Node& node) {
  const auto done = scope.done.find(&node);
  if (done != scope.done.end()) return &done->second;
  if (depth_ >= kDeepest)
    return fail(ErrorCode::unsupported,
                fmt::format("more than {} nodes wait for each other", kDeepest));
  if (!scope.waiting.insert(&node).second)
    return fail(ErrorCode::corrupt,
                fmt::format("node \"{}\" waits for itself", files::excerpt(node.name)));
  ++depth_;
  Outputs outputs = KINDRED_TRY(evaluate_new(scope, node));
  --depth_;
  scope.waiting.erase(&node);
  return &scope.done.emplace(&node, std::move(outputs)).first->second;
}

Result<ProgramBuilder::Outputs> ProgramBuilder::evaluate_new(Scope& scope, const Node& node) {
  if (node.operation == "Const") {
    auto value = node.tensor("value");
    if (!value) return std::unexpected(at_node(node, value.error()));
    KINDRED_TRY(account(*value));
    return Outputs{{constant(std::move(*value))}};
  }
  if (is_any(node.operation, kVariables)) {
    auto name = node.text("shared_name").value_or("");
    if (name.empty()) name = node.name;
    return Outputs{{constant(KINDRED_TRY(variable_(name)))}};
  }
  if (is_any(node.operation, kTables)) {
    if (node.type("key_dtype") != Type::text || node.type("value_dtype") != Type::i64)
      return fail(ErrorCode::unsupported, fmt::format("table \"{}\" is not one of texts to numbers",
                                                      files::excerpt(node.name)));
    auto name = node.text("shared_name").value_or("");
    if (name.empty()) name = node.name;
    return Outputs{{constant({.type = Type::resource, .data = Handle{std::string(name)}})}};
  }
  std::vector<Slot> inputs = KINDRED_TRY(inputs_of(scope, node));
  if (is_any(node.operation, kPassing)) return Outputs{std::move(inputs)};
  std::optional<std::string_view> function;
  if (is_any(node.operation, kCalls)) function = node.function("f");
  if (model_.functions.contains(node.operation)) function = node.operation;
  if (function) return Outputs{KINDRED_TRY(call(*function, inputs))};
  const Operation* operation = find_operation(node.operation);
  if (operation == nullptr)
    return fail(ErrorCode::unsupported,
                fmt::format("node \"{}\" is a {}, an operation that Kindred doesn't have",
                            files::excerpt(node.name), files::excerpt(node.operation)));
  return add_step(node, *operation, std::move(inputs));
}

Result<ProgramBuilder::Outputs> ProgramBuilder::add_step(const Node& node,
                                                         const Operation& operation,
                                                         std::vector<Slot> inputs) {
  const auto failed = [&](const Error& error) { return std::unexpected(at_node(node, error)); };
  std::vector<const Value*> values(inputs.size(), nullptr);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].kind != Slot::Kind::constant) continue;
    const Value& value = program_.constants_[inputs[i].number];
    if (!operation.reads_stored && std::holds_alternative<const files::StoredTensor*>(value.data)) {
      auto loaded = value.loaded();
      if (!loaded) return failed(loaded.error());
      KINDRED_TRY(account(*loaded));
      inputs[i] = constant(std::move(*loaded));
    }
    values[i] = &program_.constants_[inputs[i].number];
  }
  Prepared prepared;
  if (operation.prepare != nullptr) {
    auto made = operation.prepare(node, values);
    if (!made) return failed(made.error());
    prepared = std::move(*made);
  }
  if (std::ranges::find(values, nullptr) == values.end()) {
    Call call{.node = node,
              .inputs = values,
              .prepared = prepared,
              .tables = program_.tables_,
              .workspace = workspace_};
    if (const auto ran = operation.run(call); !ran) return failed(ran.error());
    Outputs outputs;
    for (Value& value : call.outputs) {
      KINDRED_TRY(account(value));
      outputs.slots.push_back(constant(std::move(value)));
    }
    return outputs;
  }
  if (program_.steps_.size() >= kMostSteps)
    return fail(ErrorCode::unsupported, "has too many nodes");
  program_.steps_.push_back({&node, &operation, std::move(inputs), std::move(prepared)});
  return Outputs{{{Slot::Kind::step, program_.steps_.size() - 1, 0}}, /*open=*/true};
}

Result<void> ProgramBuilder::fill_tables(std::string_view function,
                                         std::span<const Slot> arguments) {
  if (depth_ >= kDeepest) return fail(ErrorCode::unsupported, "calls functions too deep");
  ++depth_;
  Scope& scope = *KINDRED_TRY(enter(function, arguments));
  KINDRED_TRY(fill_tables(scope));
  --depth_;
  return {};
}

Result<void> ProgramBuilder::fill_tables(const std::map<std::string_view, Slot>& fed) {
  Scope scope;
  for (const Node& node : model_.nodes) scope.nodes.emplace(node.name, &node);
  scope.fed = fed;
  return fill_tables(scope);
}

Result<void> ProgramBuilder::fill_tables(Scope& scope) {
  const auto& nodes = scope.function ? scope.function->nodes : model_.nodes;
  for (const Node& node : nodes) {
    if (is_any(node.operation, kFilling)) {
      KINDRED_TRY(fill_table(scope, node));
    } else if (scope.function && is_any(node.operation, kCalls)) {
      const auto inputs = KINDRED_TRY(inputs_of(scope, node));
      if (const auto function = node.function("f")) KINDRED_TRY(fill_tables(*function, inputs));
    }
  }
  return {};
}

Result<void> ProgramBuilder::fill_table(Scope& scope, const Node& node) {
  const auto bad = [&](std::string_view problem) {
    return std::unexpected(at_node(node, {ErrorCode::corrupt, std::string(problem)}));
  };
  const auto inputs = KINDRED_TRY(inputs_of(scope, node));
  std::vector<const Value*> values;
  for (const Slot& input : inputs) {
    if (input.kind != Slot::Kind::constant) return bad("fills a table with what texts decide");
    values.push_back(&program_.constants_[input.number]);
  }
  const auto* handle = values.empty() ? nullptr : std::get_if<Handle>(&values[0]->data);
  if (handle == nullptr) return bad("has no table");
  Table& table = program_.tables_[handle->name];
  const auto put = [&](Text key, std::int64_t value) {
    const auto [place, added] = table.emplace(std::move(key), value);
    return added || place->second == value;
  };
  if (node.operation != "InitializeTableFromTextFileV2") {
    const auto* keys =
        values.size() == 3 ? std::get_if<std::vector<Text>>(&values[1]->data) : nullptr;
    const auto* numbers =
        values.size() == 3 ? std::get_if<std::vector<std::int64_t>>(&values[2]->data) : nullptr;
    if (keys == nullptr || numbers == nullptr || keys->size() != numbers->size())
      return bad("fills a table with other than texts and numbers");
    for (std::size_t i = 0; i < keys->size(); ++i)
      if (!put((*keys)[i], (*numbers)[i])) return bad("has a text with two numbers");
    return {};
  }
  const auto* name =
      values.size() == 2 ? std::get_if<std::vector<Text>>(&values[1]->data) : nullptr;
  if (name == nullptr || name->size() != 1) return bad("names no file");
  std::string_view left = KINDRED_TRY(read_file_(name->front().view()));
  const std::int64_t key_index = node.integer("key_index").value_or(-2);
  const std::int64_t value_index = node.integer("value_index").value_or(-1);
  const std::int64_t most = node.integer("vocab_size").value_or(-1);
  const std::string_view delimiter = node.text("delimiter").value_or("\t");
  if (key_index == -1 || key_index < -2 || value_index < -1 ||
      node.integer("offset").value_or(0) != 0)
    return fail(ErrorCode::unsupported, "a vocabulary has its texts or numbers in unknown columns");
  for (std::int64_t number = 0; !left.empty() && number != most; ++number) {
    const auto end = std::min(left.find('\n'), left.size());
    std::string line(left.substr(0, end));
    std::erase(line, '\r');
    left.remove_prefix(std::min(end + 1, left.size()));
    const char between = delimiter.empty() ? '\t' : delimiter.front();
    const auto key = column(line, key_index, between);
    std::int64_t value = number;
    if (value_index >= 0) {
      const auto digits = column(line, value_index, between);
      if (!digits ||
          std::from_chars(digits->data(), digits->data() + digits->size(), value).ec != std::errc())
        return bad(fmt::format("line {} of its file has no number", number + 1));
    }
    if (!key) return bad(fmt::format("line {} of its file has no text", number + 1));
    if (!put(Text(*key), value))
      return bad(fmt::format("line {} of its file stands there twice", number + 1));
  }
  return {};
}

Program ProgramBuilder::finish(Slot output) {
  program_.output_ = output;
  return std::move(program_);
}

Result<Value> Program::run(tensor::Workspace& workspace, std::span<const Value> arguments) const {
  std::vector<std::vector<Value>> results(steps_.size());
  const auto value_of = [&](const Slot& slot) -> const Value* {
    switch (slot.kind) {
      case Slot::Kind::constant:
        return &constants_[slot.number];
      case Slot::Kind::argument:
        return slot.number < arguments.size() ? &arguments[slot.number] : nullptr;
      case Slot::Kind::step:
        return slot.output < results[slot.number].size() ? &results[slot.number][slot.output]
                                                         : nullptr;
    }
    std::unreachable();
  };
  std::size_t values = 0;
  std::vector<const Value*> inputs;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    const auto failed = [&](const Error& error) {
      return std::unexpected(at_node(*step.node, error));
    };
    inputs.clear();
    for (const Slot& input : step.inputs) {
      inputs.push_back(value_of(input));
      if (inputs.back() == nullptr)
        return failed({ErrorCode::corrupt, "takes a result that there is not"});
    }
    Call call{.node = *step.node,
              .inputs = inputs,
              .prepared = step.prepared,
              .tables = tables_,
              .workspace = workspace};
    if (const auto ran = step.operation->run(call); !ran) return failed(ran.error());
    for (const Value& value : call.outputs) values += value.size();
    if (values > kMostValuesInAll) return failed({ErrorCode::unsupported, "takes too much memory"});
    results[i] = std::move(call.outputs);
  }
  const Value* output = value_of(output_);
  if (output == nullptr) return fail(ErrorCode::corrupt, "the graph has no result");
  return output->loaded();
}

}  // namespace kindred::tensorflow
