// Numbers by numbers, axes of one value standing for as many as the other side has; comparisons,
// choices, and functions of single values.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "tensorflow/operation.h"

namespace kindred::tensorflow {
namespace {

/// Whole numbers wrap around, as TensorFlow's do.
std::int64_t wrapped(Type type, std::uint64_t value) {
  if (type == Type::i32) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
  return static_cast<std::int64_t>(value);
}

/// The shape that both sides are stretched to.
Result<Shape> broadcast(const Shape& left, const Shape& right) {
  Shape shape(std::max(left.size(), right.size()));
  for (std::size_t i = 0; i < shape.size(); ++i) {  // from the last axis
    const std::size_t a = i < left.size() ? left[left.size() - 1 - i] : 1;
    const std::size_t b = i < right.size() ? right[right.size() - 1 - i] : 1;
    if (a != b && a != 1 && b != 1) return wrong("its inputs' shapes don't go together");
    shape[shape.size() - 1 - i] = a == 1 ? b : a;
  }
  return shape;
}

/// For each value of `shape`, in order, the place in an array of shape `from` that it comes from.
std::vector<std::size_t> places(const Shape& shape, std::size_t count, const Shape& from) {
  std::vector<std::size_t> steps(shape.size(), 0);
  std::size_t step = 1;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::size_t axis = from.size() - 1 - i;
    if (from[axis] != 1) steps[shape.size() - 1 - i] = step;
    step *= from[axis];
  }
  std::vector<std::size_t> found(count);
  std::vector<std::size_t> index(shape.size(), 0);
  std::size_t place = 0;
  for (std::size_t i = 0; i < count; ++i) {
    found[i] = place;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      place += steps[axis];
      if (++index[axis] < shape[axis]) break;
      place -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return found;
}

/// function(a, b) of the values of both inputs, which are of kind T.
template <typename Out, typename T, typename F>
Result<std::vector<Out>> zipped(const Call& call, const Shape& shape, F function) {
  const auto& a = *KINDRED_TRY(call.values<T>(0));
  const auto& b = *KINDRED_TRY(call.values<T>(1));
  std::vector<Out> out(KINDRED_TRY(checked_count(shape)));
  if (call.inputs[0]->shape == call.inputs[1]->shape) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = function(a[i], b[i]);
  } else {
    const auto from_a = places(shape, out.size(), call.inputs[0]->shape);
    const auto from_b = places(shape, out.size(), call.inputs[1]->shape);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = function(a[from_a[i]], b[from_b[i]]);
  }
  return out;
}

/// An operation of two numbers. F has reals(float, float) and wholes(int64, int64), the latter
/// before it is wrapped.
template <typename F>
Result<void> binary(Call& call) {
  const Value& left = *KINDRED_TRY(call.input(0));
  const Value& right = *KINDRED_TRY(call.input(1));
  if (left.type != right.type) return wrong("its inputs have two types");
  Shape shape = KINDRED_TRY(broadcast(left.shape, right.shape));
  if (left.type == Type::f32) {
    auto values = KINDRED_TRY((zipped<float, float>(call, shape, F::reals)));
    call.give(Value::floats(std::move(shape), std::move(values)));
    return {};
  }
  const auto* divisors = KINDRED_TRY(call.integers(1));
  if (F::kDivides && std::ranges::find(*divisors, 0) != divisors->end())
    return wrong("divides by zero");
  const auto wholes = [&](std::int64_t a, std::int64_t b) {
    return wrapped(left.type, F::wholes(a, b));
  };
  auto values = KINDRED_TRY((zipped<std::int64_t, std::int64_t>(call, shape, wholes)));
  call.give(Value::integers(left.type, std::move(shape), std::move(values)));
  return {};
}

/// Whole numbers as they wrap.
std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

struct Add {
  static constexpr bool kDivides = false;
  static float reals(float a, float b) { return a + b; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) { return bits(a) + bits(b); }
};
struct Sub {
  static constexpr bool kDivides = false;
  static float reals(float a, float b) { return a - b; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) { return bits(a) - bits(b); }
};
struct Mul {
  static constexpr bool kDivides = false;
  static float reals(float a, float b) { return a * b; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) { return bits(a) * bits(b); }
};
struct Div {  // whole numbers towards zero
  static constexpr bool kDivides = true;
  static float reals(float a, float b) { return a / b; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) {
    return b == -1 ? 0 - bits(a) : bits(a / b);
  }
};
struct FloorDiv {
  static constexpr bool kDivides = true;
  static float reals(float a, float b) { return std::floor(a / b); }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) {
    if (b == -1) return 0 - bits(a);
    return bits(a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0));
  }
};
struct FloorMod {
  static constexpr bool kDivides = true;
  static float reals(float a, float b) {
    const float rest = std::fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) {
    if (b == -1) return 0;
    const std::int64_t rest = a % b;
    return bits(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);
  }
};
struct Maximum {
  static constexpr bool kDivides = false;
  static float reals(float a, float b) { return std::isnan(a) || a > b ? a : b; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) { return bits(std::max(a, b)); }
};
struct Minimum {
  static constexpr bool kDivides = false;
  static float reals(float a, float b) { return std::isnan(a) || a < b ? a : b; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) { return bits(std::min(a, b)); }
};
struct SquaredDifference {
  static constexpr bool kDivides = false;
  static float reals(float a, float b) { return (a - b) * (a - b); }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) {
    return (bits(a) - bits(b)) * (bits(a) - bits(b));
  }
};
/// Powers of real numbers.
Result<void> power(Call& call) {
  const Value& left = *KINDRED_TRY(call.input(0));
  const Value& right = *KINDRED_TRY(call.input(1));
  Shape shape = KINDRED_TRY(broadcast(left.shape, right.shape));
  const auto raise = [](float a, float b) { return std::pow(a, b); };
  auto values = KINDRED_TRY((zipped<float, float>(call, shape, raise)));
  call.give(Value::floats(std::move(shape), std::move(values)));
  return {};
}

/// A question about two values, which may be texts where `Texts`.
template <template <typename> typename F, bool Texts = false>
Result<void> comparison(Call& call) {
  const Value& left = *KINDRED_TRY(call.input(0));
  const Value& right = *KINDRED_TRY(call.input(1));
  if (left.type != right.type) return wrong("its inputs have two types");
  Shape shape = KINDRED_TRY(broadcast(left.shape, right.shape));
  const auto ask = [&]<typename T>(const T& /*kind*/) {
    return zipped<std::int64_t, T>(
        call, shape, [](const T& a, const T& b) { return std::int64_t{F<T>()(a, b) ? 1 : 0}; });
  };
  std::vector<std::int64_t> values;
  if (left.type == Type::f32) {
    values = KINDRED_TRY(ask(float{}));
  } else if (left.type == Type::text) {
    if constexpr (Texts)
      values = KINDRED_TRY(ask(Text()));
    else
      return wrong("asks which text is more");
  } else {
    values = KINDRED_TRY(ask(std::int64_t{}));
  }
  call.give(Value::integers(Type::boolean, std::move(shape), std::move(values)));
  return {};
}

struct And {
  static constexpr bool kDivides = false;
  static float reals(float a, float /*b*/) { return a; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) { return bits(a) & bits(b); }
};
struct Or {
  static constexpr bool kDivides = false;
  static float reals(float a, float /*b*/) { return a; }
  static std::uint64_t wholes(std::int64_t a, std::int64_t b) { return bits(a) | bits(b); }
};

template <typename F>
Result<void> logical(Call& call) {
  if (KINDRED_TRY(call.input(0))->type != Type::boolean) return wrong("asks of other than truths");
  return binary<F>(call);
}

Result<void> logical_not(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  std::vector<std::int64_t> values = *KINDRED_TRY(call.integers(0));
  for (std::int64_t& one : values) one = one == 0 ? 1 : 0;
  call.give(Value::integers(Type::boolean, value.shape, std::move(values)));
  return {};
}

/// A function of each real number.
template <float (*F)(float)>
Result<void> real_function(Call& call) {
  std::vector<float> values = *KINDRED_TRY(call.floats(0));
  for (float& value : values) value = F(value);
  call.give(Value::floats(call.inputs[0]->shape, std::move(values)));
  return {};
}

/// The same, where whole numbers have one too.
template <float (*F)(float), std::uint64_t (*G)(std::int64_t)>
Result<void> number_function(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  if (value.type == Type::f32) return real_function<F>(call);
  std::vector<std::int64_t> values = *KINDRED_TRY(call.integers(0));
  for (std::int64_t& one : values) one = wrapped(value.type, G(one));
  call.give(Value::integers(value.type, value.shape, std::move(values)));
  return {};
}

float negative(float x) { return -x; }
std::uint64_t negative_whole(std::int64_t x) { return 0 - bits(x); }
float square(float x) { return x * x; }
std::uint64_t square_whole(std::int64_t x) { return bits(x) * bits(x); }
float absolute(float x) { return std::abs(x); }
std::uint64_t absolute_whole(std::int64_t x) { return x < 0 ? 0 - bits(x) : bits(x); }
float relu(float x) { return x < 0 ? 0 : x; }  // what is no number stays so
std::uint64_t relu_whole(std::int64_t x) { return x < 0 ? 0 : bits(x); }
float square_root(float x) { return std::sqrt(x); }
float reciprocal_root(float x) { return 1 / std::sqrt(x); }
float reciprocal(float x) { return 1 / x; }
float exponential(float x) { return std::exp(x); }
float logarithm(float x) { return std::log(x); }
float hyperbolic_tangent(float x) { return std::tanh(x); }
float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }
float error_function(float x) { return std::erf(x); }

/// a where the condition holds, else b. Where `Rows`, a condition of one axis may choose whole
/// rows, and nothing else is stretched.
template <bool Rows>
Result<void> select(Call& call) {
  const Value& condition = *KINDRED_TRY(call.input(0));
  const Value& a = *KINDRED_TRY(call.input(1));
  const Value& b = *KINDRED_TRY(call.input(2));
  const auto& chosen = *KINDRED_TRY(call.integers(0));
  if (a.type != b.type) return wrong("its inputs have two types");
  Shape shape;
  std::vector<std::size_t> from_condition;
  if (Rows) {
    shape = a.shape;
    if (b.shape != shape) return wrong("its inputs have two shapes");
    const std::size_t count = KINDRED_TRY(checked_count(shape));
    Shape stretched = condition.shape;
    if (stretched.size() == 1 && shape.size() > 1) stretched.resize(shape.size(), 1);
    if (condition.size() != 1 && (stretched.size() != shape.size() || stretched[0] != shape[0] ||
                                  (condition.shape.size() > 1 && condition.shape != shape)))
      return wrong("its inputs' shapes don't go together");
    from_condition = places(shape, count, condition.size() == 1 ? Shape{} : stretched);
  } else {
    shape = KINDRED_TRY(broadcast(a.shape, b.shape));
    shape = KINDRED_TRY(broadcast(shape, condition.shape));
    from_condition = places(shape, KINDRED_TRY(checked_count(shape)), condition.shape);
  }
  const auto from_a = places(shape, from_condition.size(), a.shape);
  const auto from_b = places(shape, from_condition.size(), b.shape);
  const auto choose = [&]<typename T>(const T& /*kind*/) -> Result<void> {
    const auto& left = *KINDRED_TRY(call.values<T>(1));
    const auto& right = *KINDRED_TRY(call.values<T>(2));
    std::vector<T> values(from_condition.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = chosen[from_condition[i]] != 0 ? left[from_a[i]] : right[from_b[i]];
    call.give({a.type, shape, std::move(values)});
    return {};
  };
  if (a.type == Type::f32) return choose(float{});
  if (a.type == Type::text) return choose(Text());
  return choose(std::int64_t{});
}

Result<void> add_n(Call& call) {
  const Value& first = *KINDRED_TRY(call.input(0));
  std::vector<float> sum = *KINDRED_TRY(call.floats(0));
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (call.inputs[i]->shape != first.shape) return wrong("its inputs have two shapes");
    const auto& values = *KINDRED_TRY(call.floats(i));
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += values[j];
  }
  call.give(Value::floats(first.shape, std::move(sum)));
  return {};
}

Result<void> cast(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  auto type = call.node.type("DstT").value_or(Type::none);
  if (type == Type::f64) type = Type::f32;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
  if (value.type == Type::f32) {
    floats = *KINDRED_TRY(call.floats(0));
    if (type == Type::f32) {
      call.give(Value::floats(value.shape, std::move(floats)));
      return {};
    }
    for (const float one : floats) {
      constexpr float kBound = 9.2e18F;  // of what int64 holds
      if (type != Type::boolean && !(std::abs(one) < kBound))
        return wrong("makes a whole number of one that is too large");
      integers.push_back(type == Type::boolean ? (one != 0 ? 1 : 0)
                                               : static_cast<std::int64_t>(one));
    }
  } else {
    integers = *KINDRED_TRY(call.integers(0));
    if (type == Type::f32) {
      floats.assign(integers.begin(), integers.end());
      call.give(Value::floats(value.shape, std::move(floats)));
      return {};
    }
  }
  if (type != Type::i32 && type != Type::i64 && type != Type::boolean)
    return fail(ErrorCode::unsupported, "casts to a type that Kindred doesn't have");
  for (std::int64_t& one : integers)
    one = type == Type::boolean ? (one != 0 ? 1 : 0) : wrapped(type, bits(one));
  call.give(Value::integers(type, value.shape, std::move(integers)));
  return {};
}

const std::array kOperations = {
    Operation{"Add", {"z"}, binary<Add>},
    Operation{"AddV2", {"z"}, binary<Add>},
    Operation{"AddN", {"sum"}, add_n},
    Operation{"Sub", {"z"}, binary<Sub>},
    Operation{"Mul", {"z"}, binary<Mul>},
    Operation{"RealDiv", {"z"}, binary<Div>},
    Operation{"Div", {"z"}, binary<Div>},
    Operation{"FloorDiv", {"z"}, binary<FloorDiv>},
    Operation{"FloorMod", {"z"}, binary<FloorMod>},
    Operation{"Maximum", {"z"}, binary<Maximum>},
    Operation{"Minimum", {"z"}, binary<Minimum>},
    Operation{"SquaredDifference", {"z"}, binary<SquaredDifference>},
    Operation{"Pow", {"z"}, power},
    Operation{"Equal", {"z"}, comparison<std::equal_to, true>},
    Operation{"NotEqual", {"z"}, comparison<std::not_equal_to, true>},
    Operation{"Less", {"z"}, comparison<std::less>},
    Operation{"LessEqual", {"z"}, comparison<std::less_equal>},
    Operation{"Greater", {"z"}, comparison<std::greater>},
    Operation{"GreaterEqual", {"z"}, comparison<std::greater_equal>},
    Operation{"LogicalAnd", {"z"}, logical<And>},
    Operation{"LogicalOr", {"z"}, logical<Or>},
    Operation{"LogicalNot", {"y"}, logical_not},
    Operation{"Neg", {"y"}, number_function<negative, negative_whole>},
    Operation{"Abs", {"y"}, number_function<absolute, absolute_whole>},
    Operation{"Square", {"y"}, number_function<square, square_whole>},
    Operation{"Relu", {"activations"}, number_function<relu, relu_whole>},
    Operation{"Sqrt", {"y"}, real_function<square_root>},
    Operation{"Rsqrt", {"y"}, real_function<reciprocal_root>},
    Operation{"Reciprocal", {"y"}, real_function<reciprocal>},
    Operation{"Exp", {"y"}, real_function<exponential>},
    Operation{"Log", {"y"}, real_function<logarithm>},
    Operation{"Tanh", {"y"}, real_function<hyperbolic_tangent>},
    Operation{"Sigmoid", {"y"}, real_function<sigmoid>},
    Operation{"Erf", {"y"}, real_function<error_function>},
    Operation{"Select", {"output"}, select<true>},
    Operation{"SelectV2", {"output"}, select<false>},
    Operation{"Cast", {"y"}, cast},
};

}  // namespace

std::span<const Operation> arithmetic_operations() { return kOperations; }

}  // namespace kindred::tensorflow
