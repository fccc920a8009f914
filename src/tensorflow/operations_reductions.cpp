// Sums, means, extremes and products along axes, and running sums.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tensorflow/operation.h"

namespace kindred::tensorflow {
namespace {

/// What a reduction leaves, and for each value in order the place of the result that it goes to.
struct Plan {
  Shape shape;                        // of the result
  Shape within;                       // the same with reduced axes as 1
  std::vector<std::uint8_t> reduced;  // whether each axis is
  std::size_t each = 1;               // values that become one
};

Result<Plan> plan_of(const Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  Plan plan{.within = value.shape, .reduced = std::vector<std::uint8_t>(value.shape.size(), 0)};
  for (const std::int64_t axis : *KINDRED_TRY(call.integers(1)))
    plan.reduced[KINDRED_TRY(axis_of(axis, value.shape.size()))] = 1;
  const bool kept = call.node.flag("keep_dims", false);
  for (std::size_t axis = 0; axis < value.shape.size(); ++axis) {
    if (plan.reduced[axis] != 0) {
      plan.each *= value.shape[axis];
      plan.within[axis] = 1;
    }
    if (kept || plan.reduced[axis] == 0) plan.shape.push_back(plan.within[axis]);
  }
  return plan;
}

/// Calls put(place of the result, value) for each value in order.
template <typename T, typename Put>
void spread(const Shape& shape, const Plan& plan, const std::vector<T>& values, Put put) {
  Shape steps(shape.size(), 0);
  std::size_t step = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    if (plan.reduced[axis] != 0) continue;
    steps[axis] = step;
    step *= shape[axis];
  }
  Shape index(shape.size(), 0);
  std::size_t place = 0;
  for (const T& value : values) {
    put(place, value);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      place += steps[axis];
      if (++index[axis] < shape[axis]) break;
      place -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/// F has start<T>() and join(a, b) for both kinds of numbers, and narrow() to 32 bits.
template <typename F, bool Mean = false>
Result<void> reduction(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  Plan plan = KINDRED_TRY(plan_of(call));
  const std::size_t count = KINDRED_TRY(checked_count(plan.shape));
  if (value.type == Type::f32) {
    std::vector<float> out(count, F::template start<float>());
    const auto& values = *KINDRED_TRY(call.floats(0));
    spread(value.shape, plan, values,
           [&](std::size_t place, float one) { out[place] = F::join(out[place], one); });
    if (Mean)
      for (float& one : out) one /= static_cast<float>(plan.each);
    call.give(Value::floats(std::move(plan.shape), std::move(out)));
    return {};
  }
  if (Mean) return fail(ErrorCode::unsupported, "is a mean of whole numbers");
  std::vector<std::int64_t> out(count, F::template start<std::int64_t>());
  const auto& values = *KINDRED_TRY(call.integers(0));
  spread(value.shape, plan, values,
         [&](std::size_t place, std::int64_t one) { out[place] = F::join(out[place], one); });
  if (value.type == Type::i32)
    for (std::int64_t& one : out) one = F::narrow(one);
  call.give(Value::integers(value.type, std::move(plan.shape), std::move(out)));
  return {};
}

/// Sums and products wrap around.
struct Wrapping {
  static std::int32_t narrow(std::int64_t value) { return static_cast<std::int32_t>(value); }
};
/// Extremes of nothing are those of the type.
struct Clamping {
  static std::int32_t narrow(std::int64_t value) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(
        value, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
  }
};

struct Sum : Wrapping {
  template <typename T>
  static T start() {
    return 0;
  }
  static float join(float a, float b) { return a + b; }
  static std::int64_t join(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
};
struct Product : Wrapping {
  template <typename T>
  static T start() {
    return 1;
  }
  static float join(float a, float b) { return a * b; }
  static std::int64_t join(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  }
};
struct Greatest : Clamping {
  template <typename T>
  static T start() {
    return std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                : std::numeric_limits<T>::lowest();
  }
  static float join(float a, float b) { return b > a || std::isnan(b) ? b : a; }
  static std::int64_t join(std::int64_t a, std::int64_t b) { return std::max(a, b); }
};
struct Least : Clamping {
  template <typename T>
  static T start() {
    return std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity()
                                                : std::numeric_limits<T>::max();
  }
  static float join(float a, float b) { return b < a || std::isnan(b) ? b : a; }
  static std::int64_t join(std::int64_t a, std::int64_t b) { return std::min(a, b); }
};
struct All : Wrapping {
  template <typename T>
  static T start() {
    return 1;
  }
  template <typename T>
  static T join(T a, T b) {
    return a != 0 && b != 0 ? 1 : 0;
  }
};
struct Any : Wrapping {
  template <typename T>
  static T start() {
    return 0;
  }
  template <typename T>
  static T join(T a, T b) {
    return a != 0 || b != 0 ? 1 : 0;
  }
};

/// Running sums along an axis.
template <typename T>
std::vector<T> running(const Shape& shape, std::size_t axis, const std::vector<T>& values,
                       bool exclusive, bool reverse) {
  const std::size_t outer = extent(shape, 0, axis);
  const std::size_t steps = shape[axis];
  const std::size_t inner = extent(shape, axis + 1, shape.size());
  std::vector<T> out(values.size());
  for (std::size_t i = 0; i < outer; ++i)
    for (std::size_t k = 0; k < inner; ++k) {
      T sum = 0;
      for (std::size_t j = 0; j < steps; ++j) {
        const std::size_t place = (i * steps + (reverse ? steps - 1 - j : j)) * inner + k;
        if (exclusive) out[place] = sum;
        sum = Sum::join(sum, values[place]);
        if (!exclusive) out[place] = sum;
      }
    }
  return out;
}

Result<void> cumulative_sum(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const std::int64_t named = KINDRED_TRY(call.integer(1));
  const std::size_t axis = KINDRED_TRY(axis_of(named, value.shape.size()));
  const bool exclusive = call.node.flag("exclusive", false);
  const bool reverse = call.node.flag("reverse", false);
  if (value.type == Type::f32) {
    call.give(Value::floats(
        value.shape, running(value.shape, axis, *KINDRED_TRY(call.floats(0)), exclusive, reverse)));
    return {};
  }
  auto sums = running(value.shape, axis, *KINDRED_TRY(call.integers(0)), exclusive, reverse);
  if (value.type == Type::i32)
    for (std::int64_t& one : sums) one = static_cast<std::int32_t>(one);
  call.give(Value::integers(value.type, value.shape, std::move(sums)));
  return {};
}

const std::array kOperations = {
    Operation{"Sum", {"output"}, reduction<Sum>},
    Operation{"Mean", {"output"}, reduction<Sum, true>},
    Operation{"Prod", {"output"}, reduction<Product>},
    Operation{"Max", {"output"}, reduction<Greatest>},
    Operation{"Min", {"output"}, reduction<Least>},
    Operation{"All", {"output"}, reduction<All>},
    Operation{"Any", {"output"}, reduction<Any>},
    Operation{"Cumsum", {"out"}, cumulative_sum},
};

}  // namespace

std::span<const Operation> reductions() { return kOperations; }

}  // namespace kindred::tensorflow
