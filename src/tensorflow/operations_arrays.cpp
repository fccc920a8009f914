// The shapes of arrays, and arrays made of parts of others.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "tensorflow/operation.h"

namespace kindred::tensorflow {
namespace {

/// A value of the same type with another shape and the values at `from`, in order.
Value picked(const Value& value, Shape shape, std::span<const std::size_t> from) {
  return std::visit(
      [&](const auto& values) -> Value {
        using Values = std::decay_t<decltype(values)>;
        if constexpr (std::is_same_v<Values, Handle> ||
                      std::is_same_v<Values, const files::StoredTensor*>) {
          return {value.type, std::move(shape), values};  // operations get none of these
        } else {
          Values out;
          out.reserve(from.size());
          for (const std::size_t place : from) out.push_back(values[place]);
          return {value.type, std::move(shape), std::move(out)};
        }
      },
      value.data);
}

Value reshaped(const Value& value, Shape shape) {
  Value out = value;
  out.shape = std::move(shape);
  return out;
}

std::vector<std::int64_t> as_integers(std::span<const std::size_t> sizes) {
  return {sizes.begin(), sizes.end()};
}

Type index_type(const Node& node, std::string_view attribute) {
  return node.type(attribute).value_or(Type::i32);
}

Result<void> shape_of(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  call.give(Value::integers(index_type(call.node, "out_type"), {value.shape.size()},
                            as_integers(value.shape)));
  return {};
}

Result<void> shapes_of(Call& call) {
  for (const Value* value : call.inputs)
    call.give(Value::integers(index_type(call.node, "out_type"), {value->shape.size()},
                              as_integers(value->shape)));
  return {};
}

Result<void> size_of(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  call.give(Value::integers(index_type(call.node, "out_type"), {},
                            {static_cast<std::int64_t>(value.size())}));
  return {};
}

Result<void> rank_of(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  call.give(Value::integers(Type::i32, {}, {static_cast<std::int64_t>(value.shape.size())}));
  return {};
}

Result<void> reshape(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  Shape shape;
  std::optional<std::size_t> open;
  for (const std::int64_t size : *KINDRED_TRY(call.integers(1))) {
    if (size < -1 || (size == -1 && open)) return wrong("has a shape that can't be");
    if (size == -1) open = shape.size();
    shape.push_back(size == -1 ? 1 : static_cast<std::size_t>(size));
  }
  const std::size_t count = KINDRED_TRY(checked_count(shape));
  if (open) {
    if (count == 0 ? value.size() != 0 : value.size() % count != 0)
      return wrong("has a shape of another size than its values");
    shape[*open] = count == 0 ? 0 : value.size() / count;
  } else if (count != value.size()) {
    return wrong("has a shape of another size than its values");
  }
  call.give(reshaped(value, std::move(shape)));
  return {};
}

Result<void> expand_dims(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const std::int64_t named = KINDRED_TRY(call.integer(1));
  const std::size_t axis = KINDRED_TRY(axis_of(named, value.shape.size() + 1));
  Shape shape = value.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  call.give(reshaped(value, std::move(shape)));
  return {};
}

Result<void> squeeze(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  std::vector<bool> dropped(value.shape.size(), false);
  const auto axes = call.node.integers("squeeze_dims");
  for (const std::int64_t axis : axes) {
    const std::size_t place = KINDRED_TRY(axis_of(axis, value.shape.size()));
    if (value.shape[place] != 1) return wrong("drops an axis of several values");
    dropped[place] = true;
  }
  Shape shape;
  for (std::size_t i = 0; i < value.shape.size(); ++i)
    if (axes.empty() ? value.shape[i] != 1 : !dropped[i]) shape.push_back(value.shape[i]);
  call.give(reshaped(value, std::move(shape)));
  return {};
}

/// Several values of one type, side by side along an axis; all their shapes are as the first's
/// elsewhere.
Result<Value> joined(std::span<const Value* const> values, std::size_t axis) {
  Shape shape = values[0]->shape;
  shape[axis] = 0;
  for (const Value* value : values) {
    if (value->type != values[0]->type) return wrong("its inputs have two types");
    if (value->shape.size() != shape.size()) return wrong("its inputs' shapes don't go together");
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (i != axis && value->shape[i] != shape[i])
        return wrong("its inputs' shapes don't go together");
    shape[axis] += value->shape[axis];
  }
  KINDRED_TRY(checked_count(shape));
  const std::size_t outer = extent(shape, 0, axis);
  return std::visit(
      [&](const auto& first) -> Result<Value> {
        using Values = std::decay_t<decltype(first)>;
        if constexpr (std::is_same_v<Values, Handle> ||
                      std::is_same_v<Values, const files::StoredTensor*>) {
          return wrong("joins what are no values");
        } else {
          Values out;
          for (std::size_t i = 0; i < outer; ++i)
            for (const Value* value : values) {
              const Values* part = std::get_if<Values>(&value->data);
              if (part == nullptr) return wrong("its inputs have two types");
              const std::size_t each = part->size() / outer;
              out.insert(out.end(), part->begin() + static_cast<std::ptrdiff_t>(i * each),
                         part->begin() + static_cast<std::ptrdiff_t>((i + 1) * each));
            }
          return Value{values[0]->type, shape, std::move(out)};
        }
      },
      values[0]->data);
}

Result<void> concatenate(Call& call) {
  if (call.inputs.size() < 2) return wrong("joins nothing");
  const auto values = call.inputs.first(call.inputs.size() - 1);
  const std::int64_t named = KINDRED_TRY(call.integer(values.size()));
  const std::size_t axis = KINDRED_TRY(axis_of(named, values[0]->shape.size()));
  call.give(KINDRED_TRY(joined(values, axis)));
  return {};
}

Result<void> pack(Call& call) {
  if (call.inputs.empty()) return wrong("joins nothing");
  const std::size_t axis =
      KINDRED_TRY(axis_of(call.node.integer("axis").value_or(0), call.inputs[0]->shape.size() + 1));
  std::vector<Value> parts;
  std::vector<const Value*> places;
  parts.reserve(call.inputs.size());
  for (const Value* value : call.inputs) {
    Shape shape = value->shape;
    if (axis > shape.size()) return wrong("its inputs' shapes don't go together");
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    parts.push_back(reshaped(*value, std::move(shape)));
    places.push_back(&parts.back());
  }
  call.give(KINDRED_TRY(joined(places, axis)));
  return {};
}

/// The values of some steps of an axis.
std::vector<std::size_t> places_along(const Shape& shape, std::size_t axis,
                                      std::span<const std::size_t> steps) {
  const std::size_t outer = extent(shape, 0, axis);
  const std::size_t inner = extent(shape, axis + 1, shape.size());
  std::vector<std::size_t> from;
  from.reserve(outer * steps.size() * inner);
  for (std::size_t i = 0; i < outer; ++i)
    for (const std::size_t step : steps)
      for (std::size_t k = 0; k < inner; ++k) from.push_back((i * shape[axis] + step) * inner + k);
  return from;
}

Result<void> unpack(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const std::size_t axis =
      KINDRED_TRY(axis_of(call.node.integer("axis").value_or(0), value.shape.size()));
  Shape shape = value.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  for (std::size_t step = 0; step < value.shape[axis]; ++step)
    call.give(picked(value, shape, places_along(value.shape, axis, std::array{step})));
  return {};
}

Result<void> slice(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const auto& begins = *KINDRED_TRY(call.integers(1));
  const auto& sizes = *KINDRED_TRY(call.integers(2));
  if (begins.size() != value.shape.size() || sizes.size() != begins.size())
    return wrong("has another number of axes than its values");
  Value out = value;
  for (std::size_t axis = 0; axis < begins.size(); ++axis) {
    const auto length = static_cast<std::int64_t>(value.shape[axis]);
    if (begins[axis] < 0 || begins[axis] > length || sizes[axis] < -1 ||
        sizes[axis] > length - begins[axis])
      return wrong("goes past its values");
    const std::int64_t size = sizes[axis] == -1 ? length - begins[axis] : sizes[axis];
    std::vector<std::size_t> steps(static_cast<std::size_t>(size));
    std::iota(steps.begin(), steps.end(), static_cast<std::size_t>(begins[axis]));
    const auto from = places_along(out.shape, axis, steps);
    Shape shape = out.shape;
    shape[axis] = steps.size();
    out = picked(out, std::move(shape), from);
  }
  call.give(std::move(out));
  return {};
}

/// One axis of a StridedSlice: the steps that it takes.
std::vector<std::size_t> strided_steps(std::int64_t length, std::int64_t begin, std::int64_t end,
                                       std::int64_t stride, bool open_begin, bool open_end) {
  const std::int64_t low = stride > 0 ? 0 : -1;
  const std::int64_t high = stride > 0 ? length : length - 1;
  const auto bound = [&](std::int64_t place) {
    if (place < 0) place = place < -length ? -1 : place + length;
    return std::clamp(place, low, high);
  };
  const std::int64_t first = open_begin ? (stride > 0 ? low : high) : bound(begin);
  const std::int64_t last = open_end ? (stride > 0 ? high : low) : bound(end);
  std::vector<std::size_t> steps;
  for (std::int64_t i = first; stride > 0 ? i < last : i > last;) {
    steps.push_back(static_cast<std::size_t>(i));
    if (stride > 0 ? stride >= last - i : stride <= last - i) break;
    i += stride;
  }
  return steps;
}

Result<void> strided_slice(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const auto& begins = *KINDRED_TRY(call.integers(1));
  const auto& ends = *KINDRED_TRY(call.integers(2));
  const auto& strides = *KINDRED_TRY(call.integers(3));
  constexpr std::size_t kMostItems = 32;  // bits of a mask
  if (ends.size() != begins.size() || strides.size() != begins.size() || begins.size() > kMostItems)
    return wrong("has begins, ends and strides of several lengths");
  const auto mask = [&](std::string_view name) {
    return static_cast<std::uint64_t>(call.node.integer(name).value_or(0));
  };
  const std::uint64_t begin_mask = mask("begin_mask");
  const std::uint64_t end_mask = mask("end_mask");
  const std::uint64_t ellipsis = mask("ellipsis_mask");
  const std::uint64_t added = mask("new_axis_mask");
  const std::uint64_t dropped = mask("shrink_axis_mask");
  const auto has = [](std::uint64_t bits, std::size_t i) { return ((bits >> i) & 1) != 0; };
  std::size_t named = 0;  // axes of the value that items speak of
  for (std::size_t i = 0; i < begins.size(); ++i)
    if (!has(ellipsis, i) && !has(added, i)) ++named;
  if (named > value.shape.size()) return wrong("names more axes than there are");
  Value out = value;
  Shape shape;           // of the result
  std::size_t axis = 0;  // of the value
  for (std::size_t i = 0; i < begins.size(); ++i) {
    if (has(ellipsis, i)) {
      for (std::size_t rest = value.shape.size() - named; rest > 0; --rest)
        shape.push_back(value.shape[axis++]);
      named = value.shape.size();  // a second one stands for nothing
      continue;
    }
    if (has(added, i)) {
      shape.push_back(1);
      continue;
    }
    if (axis == value.shape.size()) return wrong("names more axes than there are");
    if (strides[i] == 0) return wrong("has a stride of 0");
    const auto length = static_cast<std::int64_t>(value.shape[axis]);
    std::vector<std::size_t> steps;
    if (has(dropped, i)) {
      const std::int64_t place = begins[i] < 0 ? begins[i] + length : begins[i];
      if (place < 0 || place >= length) return wrong("goes past its values");
      steps = {static_cast<std::size_t>(place)};
    } else {
      steps = strided_steps(length, begins[i], ends[i], strides[i], has(begin_mask, i),
                            has(end_mask, i));
      shape.push_back(steps.size());
    }
    const auto from = places_along(out.shape, axis, steps);
    Shape narrowed = out.shape;
    narrowed[axis] = steps.size();
    out = picked(out, std::move(narrowed), from);
    ++axis;
  }
  for (; axis < value.shape.size(); ++axis) shape.push_back(value.shape[axis]);
  out.shape = std::move(shape);
  call.give(std::move(out));
  return {};
}

Result<void> tile(Call& call) {
  Value out = *KINDRED_TRY(call.input(0));
  const Shape times = KINDRED_TRY(call.shape(1));
  if (times.size() != out.shape.size()) return wrong("has another number of axes than its values");
  for (std::size_t axis = 0; axis < times.size(); ++axis) {
    Shape shape = out.shape;
    if (times[axis] > kMostValues) return wrong("makes too many values");
    shape[axis] *= times[axis];
    KINDRED_TRY(checked_count(shape));
    std::vector<std::size_t> steps(shape[axis]);
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = i % out.shape[axis];
    out = picked(out, shape, places_along(out.shape, axis, steps));
  }
  call.give(std::move(out));
  return {};
}

Result<void> fill(Call& call) {
  const Shape shape = KINDRED_TRY(call.shape(0));
  const Value& value = *KINDRED_TRY(call.input(1));
  if (value.size() != 1) return wrong("fills with several values");
  const std::vector<std::size_t> from(KINDRED_TRY(checked_count(shape)), 0);
  call.give(picked(value, shape, from));
  return {};
}

Result<void> broadcast_to(Call& call) {
  Value out = *KINDRED_TRY(call.input(0));
  const Shape shape = KINDRED_TRY(call.shape(1));
  KINDRED_TRY(checked_count(shape));
  if (out.shape.size() > shape.size()) return wrong("its shapes don't go together");
  out.shape.insert(out.shape.begin(), shape.size() - out.shape.size(), 1);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (out.shape[axis] == shape[axis]) continue;
    if (out.shape[axis] != 1) return wrong("its shapes don't go together");
    const std::vector<std::size_t> steps(shape[axis], 0);
    Shape wider = out.shape;
    wider[axis] = shape[axis];
    out = picked(out, std::move(wider), places_along(out.shape, axis, steps));
  }
  call.give(std::move(out));
  return {};
}

template <int Number>
Result<void> constant_like(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  if (value.type == Type::f32)
    call.give(Value::floats(value.shape, std::vector<float>(value.size(), Number)));
  else if (value.type == Type::text)
    call.give(Value::texts(value.shape, std::vector<Text>(value.size())));
  else
    call.give(
        Value::integers(value.type, value.shape, std::vector<std::int64_t>(value.size(), Number)));
  return {};
}

Result<void> range(Call& call) {
  const Value& start = *KINDRED_TRY(call.input(0));
  if (start.type == Type::f32) return fail(ErrorCode::unsupported, "counts in real numbers");
  const std::int64_t first = KINDRED_TRY(call.integer(0));
  const std::int64_t limit = KINDRED_TRY(call.integer(1));
  const std::int64_t step = KINDRED_TRY(call.integer(2));
  if (step == 0) return wrong("has a step of 0");
  std::vector<std::int64_t> values;
  for (std::int64_t i = first; step > 0 ? i < limit : i > limit;) {
    if (values.size() == kMostValues) return wrong("makes too many values");
    values.push_back(i);
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  const Shape shape = {values.size()};
  call.give(Value::integers(start.type, shape, std::move(values)));
  return {};
}

Result<void> transpose(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const Shape order = KINDRED_TRY(call.shape(1));
  const std::size_t axes = value.shape.size();
  Shape sorted = order;
  std::ranges::sort(sorted);
  if (sorted.size() != axes) return wrong("names other axes than there are");
  for (std::size_t i = 0; i < axes; ++i)
    if (sorted[i] != i) return wrong("names other axes than there are");
  Shape shape(axes);
  Shape steps(axes);
  for (std::size_t i = 0; i < axes; ++i) {
    shape[i] = value.shape[order[i]];
    steps[i] = extent(value.shape, order[i] + 1, axes);
  }
  std::vector<std::size_t> from(value.size());
  Shape index(axes, 0);
  std::size_t place = 0;
  for (std::size_t& one : from) {
    one = place;
    for (std::size_t axis = axes; axis-- > 0;) {
      place += steps[axis];
      if (++index[axis] < shape[axis]) break;
      place -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  call.give(picked(value, std::move(shape), from));
  return {};
}

/// Rows of a variable where it lies in its file: only those that are asked for are touched.
Result<Value> gather_stored(const Value& value, const Shape& shape, const Shape& indices) {
  const auto& tensor = *std::get<const files::StoredTensor*>(value.data);
  const std::size_t inner = extent(value.shape, 1, value.shape.size());
  const std::size_t bytes = files::bytes_of(tensor.type) * inner;
  std::vector<float> out(indices.size() * inner);
  for (std::size_t i = 0; i < indices.size(); ++i)
    if (inner > 0)
      files::widen(tensor.type, tensor.bytes.data() + indices[i] * bytes,
                   std::span(out).subspan(i * inner, inner));
  return Value::floats(shape, std::move(out));
}

Result<void> gather_along(Call& call, std::int64_t named_axis) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const Value& indices = *KINDRED_TRY(call.input(1));
  if (call.node.integer("batch_dims").value_or(0) != 0)
    return fail(ErrorCode::unsupported, "has batches");
  const std::size_t axis = KINDRED_TRY(axis_of(named_axis, value.shape.size()));
  Shape steps;
  for (const std::int64_t index : *KINDRED_TRY(call.integers(1))) {
    if (index < 0 || static_cast<std::uint64_t>(index) >= value.shape[axis])
      return wrong(fmt::format("asks for place {} of {}", index, value.shape[axis]));
    steps.push_back(static_cast<std::size_t>(index));
  }
  Shape shape(value.shape.begin(), value.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
  shape.insert(shape.end(), value.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1,
               value.shape.end());
  KINDRED_TRY(checked_count(shape));
  if (std::holds_alternative<const files::StoredTensor*>(value.data)) {
    if (axis == 0) {
      call.give(KINDRED_TRY(gather_stored(value, shape, steps)));
      return {};
    }
    const Value loaded = KINDRED_TRY(value.loaded());
    call.give(picked(loaded, std::move(shape), places_along(value.shape, axis, steps)));
    return {};
  }
  call.give(picked(value, std::move(shape), places_along(value.shape, axis, steps)));
  return {};
}

Result<void> gather(Call& call) { return gather_along(call, 0); }
Result<void> gather_v2(Call& call) { return gather_along(call, KINDRED_TRY(call.integer(2))); }

Result<void> gather_nd(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const Value& indices = *KINDRED_TRY(call.input(1));
  const auto& numbers = *KINDRED_TRY(call.integers(1));
  if (indices.shape.empty() || indices.shape.back() > value.shape.size())
    return wrong("names other axes than there are");
  const std::size_t depth = indices.shape.back();
  const std::size_t rows = extent(indices.shape, 0, indices.shape.size() - 1);
  const std::size_t inner = extent(value.shape, depth, value.shape.size());
  Shape shape(indices.shape.begin(), indices.shape.end() - 1);
  shape.insert(shape.end(), value.shape.begin() + static_cast<std::ptrdiff_t>(depth),
               value.shape.end());
  std::vector<std::size_t> from;
  from.reserve(KINDRED_TRY(checked_count(shape)));
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < depth; ++i) {
      const std::int64_t index = numbers[row * depth + i];
      if (index < 0 || static_cast<std::uint64_t>(index) >= value.shape[i])
        return wrong(fmt::format("asks for place {} of {}", index, value.shape[i]));
      place = place * value.shape[i] + static_cast<std::size_t>(index);
    }
    for (std::size_t k = 0; k < inner; ++k) from.push_back(place * inner + k);
  }
  call.give(picked(value, std::move(shape), from));
  return {};
}

/// The places of what is not 0.
Result<void> where(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  std::vector<bool> there(value.size());
  if (value.type == Type::f32) {
    const auto& values = *KINDRED_TRY(call.floats(0));
    for (std::size_t i = 0; i < there.size(); ++i) there[i] = values[i] != 0;
  } else {
    const auto& values = *KINDRED_TRY(call.integers(0));
    for (std::size_t i = 0; i < there.size(); ++i) there[i] = values[i] != 0;
  }
  std::vector<std::int64_t> places;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (!there[i]) continue;
    ++rows;
    std::size_t rest = i;
    for (std::size_t axis = 0; axis < value.shape.size(); ++axis) {
      const std::size_t inner = extent(value.shape, axis + 1, value.shape.size());
      places.push_back(static_cast<std::int64_t>(rest / inner));
      rest %= inner;
    }
  }
  call.give(Value::integers(Type::i64, {rows, value.shape.size()}, std::move(places)));
  return {};
}

/// Each value once, in the order in which it comes first, and the place of each.
template <typename T>
std::pair<std::vector<T>, std::vector<std::int64_t>> uniques(const std::vector<T>& values) {
  std::unordered_map<T, std::int64_t> seen;
  std::pair<std::vector<T>, std::vector<std::int64_t>> found;
  for (const T& value : values) {
    const auto [place, added] = seen.emplace(value, static_cast<std::int64_t>(seen.size()));
    if (added) found.first.push_back(value);
    found.second.push_back(place->second);
  }
  return found;
}

Result<void> unique(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const Type type = index_type(call.node, "out_idx");
  if (value.shape.size() != 1) return wrong("takes apart what is no list");
  std::vector<std::int64_t> places;
  if (value.type == Type::text) {
    auto [values, from] = uniques(*KINDRED_TRY(call.texts(0)));
    const Shape shape = {values.size()};
    call.give(Value::texts(shape, std::move(values)));
    places = std::move(from);
  } else {
    auto [values, from] = uniques(*KINDRED_TRY(call.integers(0)));
    const Shape shape = {values.size()};
    call.give(Value::integers(value.type, shape, std::move(values)));
    places = std::move(from);
  }
  const Shape shape = {places.size()};
  call.give(Value::integers(type, shape, std::move(places)));
  return {};
}

/// Rows by the part that each belongs to.
Result<void> dynamic_partition(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const Value& parts = *KINDRED_TRY(call.input(1));
  const auto& numbers = *KINDRED_TRY(call.integers(1));
  const std::int64_t count = call.node.integer("num_partitions").value_or(0);
  constexpr std::int64_t kMostParts = 65'536;
  if (count < 1 || count > kMostParts) return wrong("has a number of parts that can't be");
  const std::size_t axes = parts.shape.size();
  if (value.shape.size() < axes ||
      !std::ranges::equal(parts.shape, std::span(value.shape).first(axes)))
    return wrong("its inputs' shapes don't go together");
  const std::size_t inner = extent(value.shape, axes, value.shape.size());
  std::vector<std::vector<std::size_t>> from(static_cast<std::size_t>(count));
  std::vector<std::size_t> rows(from.size(), 0);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] < 0 || numbers[i] >= count) return wrong("names a part that there is not");
    const auto part = static_cast<std::size_t>(numbers[i]);
    ++rows[part];
    for (std::size_t k = 0; k < inner; ++k) from[part].push_back(i * inner + k);
  }
  for (std::size_t part = 0; part < from.size(); ++part) {
    Shape shape = {rows[part]};
    shape.insert(shape.end(), value.shape.begin() + static_cast<std::ptrdiff_t>(axes),
                 value.shape.end());
    call.give(picked(value, std::move(shape), from[part]));
  }
  return {};
}

/// Rows of several arrays, put at the places that are listed for them; of two at one place, the
/// later.
Result<void> dynamic_stitch(Call& call) {
  const std::size_t parts = call.inputs.size() / 2;
  if (parts == 0 || call.inputs.size() % 2 != 0) return wrong("has inputs that are no pairs");
  std::size_t rows = 0;
  const auto rest_of = [&](std::size_t part) -> Result<Shape> {
    const Shape& places = call.inputs[part]->shape;
    const Shape& values = call.inputs[parts + part]->shape;
    if (values.size() < places.size() ||
        !std::ranges::equal(places, std::span(values).first(places.size())))
      return wrong("its inputs' shapes don't go together");
    return Shape(values.begin() + static_cast<std::ptrdiff_t>(places.size()), values.end());
  };
  const Shape rest = KINDRED_TRY(rest_of(0));
  const Value& first = *call.inputs[parts];
  for (std::size_t part = 0; part < parts; ++part) {
    if (KINDRED_TRY(rest_of(part)) != rest) return wrong("its inputs' shapes don't go together");
    if (call.inputs[parts + part]->type != first.type) return wrong("its inputs have two types");
    for (const std::int64_t place : *KINDRED_TRY(call.integers(part))) {
      if (place < 0 || static_cast<std::uint64_t>(place) >= kMostValues)
        return wrong("names a place that can't be");
      rows = std::max(rows, static_cast<std::size_t>(place) + 1);
    }
  }
  Shape shape = {rows};
  shape.insert(shape.end(), rest.begin(), rest.end());
  const std::size_t count = KINDRED_TRY(checked_count(shape));
  const std::size_t inner = extent(rest, 0, rest.size());
  const auto stitch = [&](auto out, auto read) -> Result<void> {
    for (std::size_t part = 0; part < parts; ++part) {
      const auto& places = *KINDRED_TRY(call.integers(part));
      const auto* values = KINDRED_TRY(read(parts + part));
      for (std::size_t i = 0; i < places.size(); ++i)
        std::copy_n(
            values->begin() + static_cast<std::ptrdiff_t>(i * inner), inner,
            out.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(places[i]) * inner));
    }
    call.give(Value{first.type, shape, std::move(out)});
    return {};
  };
  if (first.type == Type::f32)
    return stitch(std::vector<float>(count), [&](std::size_t i) { return call.floats(i); });
  if (first.type == Type::text)
    return stitch(std::vector<Text>(count), [&](std::size_t i) { return call.texts(i); });
  return stitch(std::vector<std::int64_t>(count), [&](std::size_t i) { return call.integers(i); });
}

/// How often each number below a size comes.
Result<void> dense_bincount(Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const std::int64_t size = KINDRED_TRY(call.integer(1));
  const Value& weights = *KINDRED_TRY(call.input(2));
  if (value.shape.size() > 1 || weights.size() != 0 || call.node.flag("binary_output", false))
    return fail(ErrorCode::unsupported, "counts rows, weights or whether");
  if (size < 0 || static_cast<std::uint64_t>(size) > kMostValues)
    return wrong("has a size that can't be");
  std::vector<std::int64_t> counts(static_cast<std::size_t>(size), 0);
  for (const std::int64_t number : *KINDRED_TRY(call.integers(0))) {
    if (number < 0) return wrong("counts a number below 0");
    if (number < size) ++counts[static_cast<std::size_t>(number)];
  }
  const Shape shape = {counts.size()};
  if (weights.type == Type::f32)
    call.give(Value::floats(shape, std::vector<float>(counts.begin(), counts.end())));
  else
    call.give(Value::integers(weights.type, shape, std::move(counts)));
  return {};
}

const std::array kOperations = {
    Operation{"Shape", {"output"}, shape_of},
    Operation{"ShapeN", {"output"}, shapes_of},
    Operation{"Size", {"output"}, size_of},
    Operation{"Rank", {"output"}, rank_of},
    Operation{"Reshape", {"output"}, reshape},
    Operation{"ExpandDims", {"output"}, expand_dims},
    Operation{"Squeeze", {"output"}, squeeze},
    Operation{"ConcatV2", {"output"}, concatenate},
    Operation{"Pack", {"output"}, pack},
    Operation{"Unpack", {"output"}, unpack},
    Operation{"Slice", {"output"}, slice},
    Operation{"StridedSlice", {"output"}, strided_slice},
    Operation{"Tile", {"output"}, tile},
    Operation{"Fill", {"output"}, fill},
    Operation{"BroadcastTo", {"output"}, broadcast_to},
    Operation{"ZerosLike", {"y"}, constant_like<0>},
    Operation{"OnesLike", {"y"}, constant_like<1>},
    Operation{"Range", {"output"}, range},
    Operation{"Transpose", {"y"}, transpose},
    Operation{"Gather", {"output"}, gather, /*reads_stored=*/true},
    Operation{"GatherV2", {"output"}, gather_v2, /*reads_stored=*/true},
    Operation{"ResourceGather", {"output"}, gather, /*reads_stored=*/true},
    Operation{"GatherNd", {"output"}, gather_nd},
    Operation{"Where", {"index"}, where},
    Operation{"Unique", {"y", "idx"}, unique},
    Operation{"DynamicPartition", {"outputs"}, dynamic_partition},
    Operation{"DynamicStitch", {"merged"}, dynamic_stitch},
    Operation{"ParallelDynamicStitch", {"merged"}, dynamic_stitch},
    Operation{"DenseBincount", {"output"}, dense_bincount},
};

}  // namespace

std::span<const Operation> array_operations() { return kOperations; }

}  // namespace kindred::tensorflow
