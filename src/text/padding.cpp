#include <fmt/format.h>

#include <algorithm>

#include "kindred/tokenizer.h"

namespace kindred {
namespace {

/// More cells than any memory has, and few enough that no product of sizes overflows.
constexpr std::size_t kMostCells = std::size_t{1} << 40;

/// `sequences` as rows of `length`, in a matrix that is full of `padding`.
template <typename T>
std::vector<T> matrix(const TokenBatch& batch, const std::vector<T>& sequences, Side side,
                      std::size_t length, T padding) {
  std::vector<T> cells(batch.sequences() * length, padding);
  for (std::size_t row = 0; row < batch.sequences(); ++row) {
    const std::size_t size = batch.starts[row + 1] - batch.starts[row];
    const std::size_t begin = row * length + (side == Side::left ? length - size : 0);
    std::copy_n(sequences.begin() + static_cast<std::ptrdiff_t>(batch.starts[row]), size,
                cells.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return cells;
}

}  // namespace

Result<PaddedBatch> pad(const TokenBatch& batch, const Padding& padding) {
  PaddedBatch out;
  out.rows = batch.sequences();
  std::size_t longest = 0;
  for (std::size_t row = 0; row < out.rows; ++row) {
    const std::size_t size = batch.sequence(row).size();
    if (padding.length != 0 && size > padding.length)
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("sequence {} has {} tokens, the rows have {}", row, size, padding.length));
    longest = std::max(longest, size);
  }
  out.length = padding.length == 0 ? longest : padding.length;
  if (padding.multiple_of > kMostCells || out.length > kMostCells)
    return fail(ErrorCode::invalid_argument,
                fmt::format("rows of {} tokens, a multiple of {}, fit no memory", out.length,
                            padding.multiple_of));
  if (padding.multiple_of > 1)
    out.length = (out.length + padding.multiple_of - 1) / padding.multiple_of * padding.multiple_of;
  if (out.rows != 0 && out.length > kMostCells / out.rows)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} rows of {} tokens fit no memory", out.rows, out.length));

  out.ids = matrix(batch, batch.ids, padding.side, out.length, padding.id);
  out.type_ids = matrix(batch, batch.type_ids, padding.side, out.length, padding.type_id);
  out.attention_mask = matrix(batch, std::vector<std::uint8_t>(batch.ids.size(), 1), padding.side,
                              out.length, std::uint8_t{0});
  if (!batch.offsets.empty())
    out.offsets = matrix(batch, batch.offsets, padding.side, out.length, TokenOffset{});
  return out;
}

}  // namespace kindred
