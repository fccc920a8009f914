// Lists of lists as sparse arrays (places, values, shape), and sums over the segments of one.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tensorflow/operation.h"

namespace kindred::tensorflow {
namespace {

/// Gives each row without a value the default.
Result<void> fill_empty_rows(Call& call) {
  const auto& places = *KINDRED_TRY(call.integers(0));
  const Value& values = *KINDRED_TRY(call.input(1));
  const Shape shape = KINDRED_TRY(call.shape(2));
  const Value& otherwise = *KINDRED_TRY(call.input(3));
  const Shape& listed = call.inputs[0]->shape;
  if (shape.empty() || listed.size() != 2 || listed[1] != shape.size() ||
      values.shape.size() != 1 || values.size() != listed[0] || otherwise.size() != 1 ||
      otherwise.type != values.type)
    return wrong("its inputs' shapes don't go together");
  const std::size_t axes = shape.size();
  const std::size_t rows = shape[0];
  KINDRED_TRY(checked_count(std::array{rows, axes}));
  // Of each value, where it goes: behind those of the rows before and the ones of its row before.
  std::vector<std::size_t> counts(rows, 0);
  for (std::size_t i = 0; i < listed[0]; ++i) {
    const std::int64_t row = places[i * axes];
    if (row < 0 || static_cast<std::uint64_t>(row) >= rows) return wrong("names a row too many");
    ++counts[static_cast<std::size_t>(row)];
  }
  std::vector<std::int64_t> empty(rows);
  std::vector<std::size_t> next(rows);
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    empty[row] = counts[row] == 0 ? 1 : 0;
    next[row] = count;
    count += std::max<std::size_t>(counts[row], 1);
  }
  KINDRED_TRY(checked_count(std::array{count, axes}));
  std::vector<std::int64_t> out_places(count * axes, 0);
  std::vector<std::int64_t> went(listed[0]);
  constexpr auto kDefault = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> from(count, kDefault);
  for (std::size_t row = 0; row < rows; ++row)
    if (empty[row] != 0) out_places[next[row] * axes] = static_cast<std::int64_t>(row);
  for (std::size_t i = 0; i < listed[0]; ++i) {
    const std::size_t place = next[static_cast<std::size_t>(places[i * axes])]++;
    std::copy_n(places.begin() + static_cast<std::ptrdiff_t>(i * axes), axes,
                out_places.begin() + static_cast<std::ptrdiff_t>(place * axes));
    from[place] = i;
    went[i] = static_cast<std::int64_t>(place);
  }
  call.give(Value::integers(Type::i64, {count, axes}, std::move(out_places)));
  const auto fill = [&]<typename T>(const T& /*kind*/) -> Result<void> {
    const auto& given = *KINDRED_TRY(call.values<T>(1));
    const auto& one = *KINDRED_TRY(call.values<T>(3));
    std::vector<T> out(count);
    for (std::size_t i = 0; i < count; ++i) out[i] = from[i] == kDefault ? one[0] : given[from[i]];
    call.give({values.type, {count}, std::move(out)});
    return {};
  };
  if (values.type == Type::text)
    KINDRED_TRY(fill(Text()));
  else if (values.type == Type::f32)
    KINDRED_TRY(fill(float{}));
  else
    KINDRED_TRY(fill(std::int64_t{}));
  call.give(Value::integers(Type::boolean, {rows}, std::move(empty)));
  const Shape reverse = {went.size()};
  call.give(Value::integers(Type::i64, reverse, std::move(went)));
  return {};
}

Result<void> sparse_reshape(Call& call) {
  const auto& places = *KINDRED_TRY(call.integers(0));
  const Shape shape = KINDRED_TRY(call.shape(1));
  const Shape& listed = call.inputs[0]->shape;
  const std::size_t count = KINDRED_TRY(checked_count(shape));
  if (listed.size() != 2 || listed[1] != shape.size())
    return wrong("its inputs' shapes don't go together");
  Shape out;
  std::optional<std::size_t> open;
  for (const std::int64_t size : *KINDRED_TRY(call.integers(2))) {
    if (size < -1 || (size == -1 && open)) return wrong("has a shape that can't be");
    if (size == -1) open = out.size();
    out.push_back(size == -1 ? 1 : static_cast<std::size_t>(size));
  }
  const std::size_t known = KINDRED_TRY(checked_count(out));
  if (open && (known == 0 || count % known != 0)) return wrong("has a shape that can't be");
  if (open) out[*open] = count / known;
  if (!open && known != count) return wrong("has a shape that can't be");
  std::vector<std::int64_t> out_places(listed[0] * out.size());
  for (std::size_t i = 0; i < listed[0]; ++i) {
    std::size_t place = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      const std::int64_t index = places[i * shape.size() + axis];
      if (index < 0 || static_cast<std::uint64_t>(index) >= shape[axis])
        return wrong("names a place that there is not");
      place = place * shape[axis] + static_cast<std::size_t>(index);
    }
    for (std::size_t axis = out.size(); axis-- > 0;) {
      out_places[i * out.size() + axis] = static_cast<std::int64_t>(place % out[axis]);
      place /= out[axis];
    }
  }
  call.give(Value::integers(Type::i64, {listed[0], out.size()}, std::move(out_places)));
  const Shape axes = {out.size()};
  call.give(Value::integers(Type::i64, axes, {out.begin(), out.end()}));
  return {};
}

/// A dense array of the values of a sparse one.
Result<void> sparse_to_dense(Call& call) {
  const auto& places = *KINDRED_TRY(call.integers(0));
  const Shape shape = KINDRED_TRY(call.shape(1));
  const Value& values = *KINDRED_TRY(call.input(2));
  const Value& otherwise = *KINDRED_TRY(call.input(3));
  const Shape& listed = call.inputs[0]->shape;
  const std::size_t count = KINDRED_TRY(checked_count(shape));
  const std::size_t rows = listed.empty() ? 1 : listed[0];
  const std::size_t axes = listed.size() == 2 ? listed[1] : 1;
  if (axes != shape.size() || listed.size() > 2 || otherwise.size() != 1 ||
      (values.size() != rows && !values.shape.empty()) || values.type != otherwise.type)
    return wrong("its inputs' shapes don't go together");
  std::vector<std::size_t> to(rows, 0);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t axis = 0; axis < axes; ++axis) {
      const std::int64_t index = places[i * axes + axis];
      if (index < 0 || static_cast<std::uint64_t>(index) >= shape[axis])
        return wrong("names a place that there is not");
      to[i] = to[i] * shape[axis] + static_cast<std::size_t>(index);
    }
  const auto spread = [&]<typename T>(const T& /*kind*/) -> Result<void> {
    const auto& given = *KINDRED_TRY(call.values<T>(2));
    const auto& one = *KINDRED_TRY(call.values<T>(3));
    std::vector<T> out(count, one[0]);
    for (std::size_t i = 0; i < rows; ++i) out[to[i]] = given[values.shape.empty() ? 0 : i];
    call.give({values.type, shape, std::move(out)});
    return {};
  };
  if (values.type == Type::text) return spread(Text());
  if (values.type == Type::f32) return spread(float{});
  return spread(std::int64_t{});
}

/// Lists of several lengths, one behind the other, as a sparse array of two axes.
Result<void> ragged_to_sparse(Call& call) {
  if (call.inputs.size() != 2) return fail(ErrorCode::unsupported, "has lists of lists");
  const auto& splits = *KINDRED_TRY(call.integers(0));
  const Value& values = *KINDRED_TRY(call.input(1));
  if (values.shape.size() != 1) return fail(ErrorCode::unsupported, "has lists of lists");
  if (splits.empty() || splits.front() != 0 || !std::ranges::is_sorted(splits) ||
      static_cast<std::uint64_t>(splits.back()) != values.size())
    return wrong("has lists that don't cover its values");
  std::vector<std::int64_t> places;
  std::int64_t longest = 0;
  for (std::size_t row = 0; row + 1 < splits.size(); ++row) {
    const std::int64_t length = splits[row + 1] - splits[row];
    longest = std::max(longest, length);
    for (std::int64_t i = 0; i < length; ++i) {
      places.push_back(static_cast<std::int64_t>(row));
      places.push_back(i);
    }
  }
  call.give(Value::integers(Type::i64, {values.size(), 2}, std::move(places)));
  call.give(values);
  call.give(
      Value::integers(Type::i64, {2}, {static_cast<std::int64_t>(splits.size() - 1), longest}));
  return {};
}

enum class Segments : std::uint8_t { sum, mean, sqrt_n };

/// Sums of rows, those of one segment each; segments ascend. `rows` names each one's row of input
/// 0, or nothing: they stand in order.
template <Segments Kind>
Result<void> sum_segments(Call& call, const std::vector<std::int64_t>* rows, std::size_t ids) {
  const Value& data = *KINDRED_TRY(call.input(0));
  const auto& segments = *KINDRED_TRY(call.integers(ids));
  if (data.shape.empty() || segments.size() != (rows ? rows->size() : data.shape[0]))
    return wrong("its inputs' shapes don't go together");
  if (!std::ranges::is_sorted(segments) || (!segments.empty() && segments.front() < 0))
    return wrong("has segments that don't ascend");
  Shape shape = data.shape;
  shape[0] = segments.empty() ? 0 : static_cast<std::size_t>(segments.back()) + 1;
  const std::size_t inner = extent(shape, 1, shape.size());
  std::vector<float> out(KINDRED_TRY(checked_count(shape)), 0.0F);
  const auto& values = *KINDRED_TRY(call.floats(0));
  for (std::size_t i = 0; i < segments.size();) {
    float* sum = out.data() + static_cast<std::size_t>(segments[i]) * inner;
    const std::size_t first = i;
    for (; i < segments.size() && segments[i] == segments[first]; ++i) {
      const std::int64_t row = rows ? (*rows)[i] : static_cast<std::int64_t>(i);
      if (row < 0 || static_cast<std::uint64_t>(row) >= data.shape[0])
        return wrong("names a row too many");
      const float* from = values.data() + static_cast<std::size_t>(row) * inner;
      for (std::size_t k = 0; k < inner; ++k) sum[k] += from[k];
    }
    const auto count = static_cast<float>(i - first);
    if (Kind == Segments::sum) continue;
    const float share = Kind == Segments::mean ? count : std::sqrt(count);
    for (std::size_t k = 0; k < inner; ++k) sum[k] /= share;
  }
  call.give(Value::floats(std::move(shape), std::move(out)));
  return {};
}

template <Segments Kind>
Result<void> segments(Call& call) {
  return sum_segments<Kind>(call, nullptr, 1);
}

template <Segments Kind>
Result<void> sparse_segments(Call& call) {
  return sum_segments<Kind>(call, KINDRED_TRY(call.integers(1)), 2);
}

const std::array kOperations = {
    Operation{"SparseFillEmptyRows",
              {"output_indices", "output_values", "empty_row_indicator", "reverse_index_map"},
              fill_empty_rows},
    Operation{"SparseReshape", {"output_indices", "output_shape"}, sparse_reshape},
    Operation{"SparseToDense", {"dense"}, sparse_to_dense},
    Operation{"RaggedTensorToSparse",
              {"sparse_indices", "sparse_values", "sparse_dense_shape"},
              ragged_to_sparse},
    Operation{"SegmentSum", {"output"}, segments<Segments::sum>},
    Operation{"SegmentMean", {"output"}, segments<Segments::mean>},
    Operation{"SparseSegmentSum", {"output"}, sparse_segments<Segments::sum>},
    Operation{"SparseSegmentMean", {"output"}, sparse_segments<Segments::mean>},
    Operation{"SparseSegmentSqrtN", {"output"}, sparse_segments<Segments::sqrt_n>},
};

}  // namespace

std::span<const Operation> sparse_operations() { return kOperations; }

}  // namespace kindred::tensorflow
