/// The operations of graphs: a row of a table each, its name, its outputs and a function.
///
/// They mean what tensorflow/core/ops says of them, and are checked against TensorFlow itself, one
/// by one (tests/golden/make_saved_model.py). A graph comes from outside: each operation checks the
/// number, types and shapes of what it is given and says what is wrong; what it makes is bounded by
/// kMostValues.
///
/// Thread safety: immutable; calls share nothing but tables that are filled no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kindred/result.h"
#include "tensor/product.h"
#include "tensor/tensor.h"
#include "tensorflow/saved_model.h"
#include "tensorflow/value.h"

namespace re2 {
class RE2;
}

namespace kindred::tensorflow {

/// From a text to a number, by the table's name.
using Table = std::unordered_map<Text, std::int64_t>;
using Tables = std::map<std::string, Table, std::less<>>;

/// What an operation makes of its constant inputs and attributes once, not at every call.
struct Prepared {
  std::shared_ptr<const tensor::Panels> panels;  ///< of MatMul's right factor
  std::shared_ptr<const re2::RE2> expression;    ///< of RegexReplace
};

/// One operation at work: what it is given, and where its results go.
struct Call {
  const Node& node;
  std::span<const Value* const> inputs;
  const Prepared& prepared;
  const Tables& tables;
  tensor::Workspace& workspace;
  std::vector<Value> outputs;

  /// Inputs by their place and kind; errors where there is none or another.
  Result<const Value*> input(std::size_t i) const;
  template <typename T>
  Result<const std::vector<T>*> values(std::size_t i) const;
  Result<const std::vector<float>*> floats(std::size_t i) const { return values<float>(i); }
  Result<const std::vector<std::int64_t>*> integers(std::size_t i) const {
    return values<std::int64_t>(i);
  }
  Result<const std::vector<Text>*> texts(std::size_t i) const { return values<Text>(i); }
  /// One value.
  Result<std::int64_t> integer(std::size_t i) const;
  Result<std::string_view> text(std::size_t i) const;
  /// Whole numbers that are a shape: none is below 0.
  Result<Shape> shape(std::size_t i) const;

  void give(Value value) { outputs.push_back(std::move(value)); }
};

struct Operation {
  std::string_view name;
  /// By which functions call them; empty: "output".
  std::vector<std::string_view> outputs;
  Result<void> (*run)(Call& call);
  /// It takes variables as they lie in their file; for others they are read first.
  bool reads_stored = false;
  /// What it makes once of its node and of inputs that are constants (nullptr: those that are
  /// none); nullptr: nothing.
  Result<Prepared> (*prepare)(const Node& node, std::span<const Value* const> inputs) = nullptr;
};

/// nullptr where there is none of this name.
const Operation* find_operation(std::string_view name);

// The table's parts, by what they work on.
std::span<const Operation> arithmetic_operations();  ///< operations_arithmetic.cpp
std::span<const Operation> reductions();             ///< operations_reductions.cpp
std::span<const Operation> array_operations();       ///< operations_arrays.cpp
std::span<const Operation> sparse_operations();      ///< operations_sparse.cpp
std::span<const Operation> text_operations();        ///< operations_texts.cpp
std::span<const Operation> matrix_operations();      ///< operations_matrices.cpp

/// An error in what an operation was given.
std::unexpected<Error> wrong(std::string_view problem);
/// The axis that a number means, from the end where it is below 0.
Result<std::size_t> axis_of(std::int64_t axis, std::size_t axes);
/// Values of each step along an axis: product of the shape from `first` to `last`.
std::size_t extent(std::span<const std::size_t> shape, std::size_t first, std::size_t last);
/// Values of an array of this shape; an error where they are too many.
Result<std::size_t> checked_count(std::span<const std::size_t> shape);

}  // namespace kindred::tensorflow
