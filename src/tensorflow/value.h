/// What flows along the edges of a graph: an array of numbers or texts, or the handle of a table.
///
/// float64 and halves become float32 when they are read, int8 to int64 are kept in 64 bits with
/// the name of their type, so that operations are written for two kinds of numbers. A variable's
/// values stay in their mapped file until an operation needs them all.
///
/// Thread safety: immutable once made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "files/tensor_source.h"
#include "kindred/result.h"

namespace kindred::tensorflow {

/// Types by TensorFlow's numbers (tensorflow/core/framework/types.proto), those that we read.
enum class Type : std::uint8_t {
  none = 0,
  f32 = 1,
  f64 = 2,
  i32 = 3,
  text = 7,
  i64 = 9,
  boolean = 10,
  resource = 20,
};

/// A text that many arrays may hold, so that an array of it a million times takes no more memory.
class Text {
 public:
  Text() = default;
  explicit Text(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
  explicit Text(std::string_view text) : Text(std::string(text)) {}

  std::string_view view() const { return text_ ? std::string_view(*text_) : std::string_view(); }
  bool operator==(const Text& other) const { return view() == other.view(); }

 private:
  std::shared_ptr<const std::string> text_;  // none: the empty text
};

/// A table of a graph by its name.
struct Handle {
  std::string name;
};

using Shape = std::vector<std::size_t>;

/// Values of an array of this shape; nothing where that is more than kMostValues.
std::optional<std::size_t> count_of(std::span<const std::size_t> shape);
/// What one array may hold: a graph from outside can't take more memory.
inline constexpr std::size_t kMostValues = std::size_t{1} << 26;

struct Value {
  Type type = Type::none;
  Shape shape;  ///< row-major; no axes: one value
  std::variant<std::vector<float>, std::vector<std::int64_t>, std::vector<Text>, Handle,
               const files::StoredTensor*>
      data;

  std::size_t size() const;

  static Value floats(Shape shape, std::vector<float> values) {
    return {Type::f32, std::move(shape), std::move(values)};
  }
  static Value integers(Type type, Shape shape, std::vector<std::int64_t> values) {
    return {type, std::move(shape), std::move(values)};
  }
  static Value texts(Shape shape, std::vector<Text> values) {
    return {Type::text, std::move(shape), std::move(values)};
  }
  /// A tensor of a file that outlives it. Fails where it is of a type that we don't have.
  static Result<Value> stored(const files::StoredTensor& tensor);
  /// The same values, read from their file. Fails where they are more than kMostValues.
  Result<Value> loaded() const;
};

}  // namespace kindred::tensorflow

template <>
struct std::hash<kindred::tensorflow::Text> {
  std::size_t operator()(const kindred::tensorflow::Text& text) const {
    return std::hash<std::string_view>()(text.view());
  }
};
