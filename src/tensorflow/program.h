/// A graph made ready to be run: its functions put in where they are called, what is constant
/// computed once, and what remains in the order in which it is needed.
///
/// Control dependencies and what only they lead to (assertions, above all) are not run. Graphs come
/// from outside: circles, calls without an end and results beyond all memory are errors, and so is
/// an operation that Kindred doesn't have, by its name.
///
/// Thread safety: immutable once built; run from any number of threads, each with its own
/// Workspace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kindred/result.h"
#include "tensor/tensor.h"
#include "tensorflow/operation.h"
#include "tensorflow/saved_model.h"
#include "tensorflow/value.h"

namespace kindred::tensorflow {

/// A result of a program: one of a step, a constant, or an argument.
struct Slot {
  enum class Kind : std::uint8_t { constant, argument, step };
  Kind kind = Kind::constant;
  std::size_t number = 0;  ///< of the constant, argument or step
  std::size_t output = 0;  ///< of a step
};

class Program {
 public:
  /// Runs all steps with one value for each argument. The result is that of `output`.
  Result<Value> run(tensor::Workspace& workspace, std::span<const Value> arguments) const;

 private:
  friend class ProgramBuilder;
  struct Step {
    const Node* node;
    const Operation* operation;
    std::vector<Slot> inputs;
    Prepared prepared;
  };
  std::deque<Value> constants_;  // which keep their places
  std::vector<Step> steps_;
  Tables tables_;
  Slot output_;
};

/// Makes a Program of a SavedModel, which it outlives.
class ProgramBuilder {
 public:
  /// variable: the value of the variable of a graph of TensorFlow 1. read_file: the bytes of a file
  /// of the model by the name that a graph has for it.
  using Variables = std::function<Result<Value>(std::string_view name)>;
  using Files = std::function<Result<std::string_view>(std::string_view name)>;
  ProgramBuilder(const SavedModel& model, Variables variable, Files read_file);
  ~ProgramBuilder();

  Slot constant(Value value);
  Slot argument() { return {Slot::Kind::argument, arguments_++, 0}; }
  /// The results of a function, in the order of its outputs.
  Result<std::vector<Slot>> call(std::string_view function, std::span<const Slot> arguments);
  /// A tensor of the graph itself, "node:0"; `fed` are its placeholders, and what else is given.
  Result<Slot> tensor(std::string_view name, const std::map<std::string_view, Slot>& fed);
  /// Fills the tables that a function fills; of the graph itself where no function is named.
  Result<void> fill_tables(std::string_view function, std::span<const Slot> arguments);
  Result<void> fill_tables(const std::map<std::string_view, Slot>& fed);

  Program finish(Slot output);

 private:
  struct Scope;
  struct Outputs {
    std::vector<Slot> slots;
    bool open = false;  // the first of a step's, which are counted when it runs
  };

  Result<Slot> find(Scope& scope, std::string_view reference);
  Result<const Outputs*> evaluate(Scope& scope, const Node& node);
  Result<Outputs> evaluate_new(Scope& scope, const Node& node);
  Result<std::vector<Slot>> inputs_of(Scope& scope, const Node& node);
  Result<Outputs> add_step(const Node& node, const Operation& operation, std::vector<Slot> inputs);
  Result<Scope*> enter(std::string_view function, std::span<const Slot> arguments);
  Result<void> fill_tables(Scope& scope);
  Result<void> fill_table(Scope& scope, const Node& node);
  Result<void> account(const Value& value);

  const SavedModel& model_;
  Variables variable_;
  Files read_file_;
  Program program_;
  std::size_t arguments_ = 0;
  std::size_t depth_ = 0;   // of calls and inputs that wait for others
  std::size_t values_ = 0;  // in constants
  std::deque<std::unique_ptr<Scope>> scopes_;
  tensor::Workspace workspace_;
};

}  // namespace kindred::tensorflow
