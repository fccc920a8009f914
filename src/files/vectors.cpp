#include "kindred/vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <limits>
#include <string>

#include "base/file_system.h"
#include "files/npy_header.h"

namespace kindred {
namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie");

/// A value of the file in this machine's byte order.
template <typename T>
T load(const std::byte* bytes, bool big_endian) {
  std::array<std::byte, sizeof(T)> value;
  std::memcpy(value.data(), bytes, sizeof(T));
  if (big_endian) std::ranges::reverse(value);
  return std::bit_cast<T>(value);
}

template <std::integral T>
Result<std::vector<std::uint64_t>> ids_of(std::span<const std::byte> values, bool big_endian,
                                          std::string_view name) {
  std::vector<std::uint64_t> ids(values.size() / sizeof(T));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const T value = load<T>(values.data() + i * sizeof(T), big_endian);
    if constexpr (std::signed_integral<T>) {
      if (value < 0)
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: id {} is {}, an id is not negative", name, i, value));
    }
    ids[i] = static_cast<std::uint64_t>(value);
  }
  return ids;
}

}  // namespace

Result<Matrix> read_vectors(const std::filesystem::path& path) {
  const auto file = KINDRED_TRY(base::real_file_system().map(path));
  const auto header = KINDRED_TRY(files::parse_npy_header(file.bytes(), path.string()));
  if (header.kind != 'f' || header.item_bytes != sizeof(float))
    return fail(ErrorCode::unsupported, fmt::format("{}: holds {} values, float32 is needed",
                                                    path.string(), header.type_name()));
  const auto& shape = header.shape;
  if (shape.empty() || shape.size() > 2)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: has {} axes, one (a vector) or two (rows x dimensions) are needed",
                            path.string(), shape.size()));
  const std::size_t rows = shape.size() == 1 ? 1 : shape[0];
  const std::size_t dimensions = shape.back();
  if (dimensions == 0 && rows != 0)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: its vectors have no dimensions", path.string()));

  Matrix vectors(rows, dimensions);
  const auto values = file.bytes().subspan(header.values_begin);
  if (!header.big_endian && (!header.fortran_order || rows <= 1)) {
    if (!values.empty()) std::memcpy(vectors.data(), values.data(), values.size());
    return vectors;
  }
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t d = 0; d < dimensions; ++d) {
      const std::size_t place = header.fortran_order ? d * rows + row : row * dimensions + d;
      vectors.row(row)[d] = load<float>(values.data() + place * sizeof(float), header.big_endian);
    }
  return vectors;
}

Result<void> write_vectors(const std::filesystem::path& path, MatrixView vectors) {
  const auto header =
      files::format_npy_header("<f4", std::array{vectors.rows(), vectors.dimensions()});
  return base::write_atomically(base::real_file_system(), path,
                                [&](base::WritableFile& file) -> Result<void> {
                                  KINDRED_TRY(file.write(header));
                                  return file.write(std::as_bytes(vectors.values()));
                                });
}

Result<std::vector<std::uint64_t>> read_ids(const std::filesystem::path& path) {
  const auto file = KINDRED_TRY(base::real_file_system().map(path));
  const auto name = path.string();
  const auto header = KINDRED_TRY(files::parse_npy_header(file.bytes(), name));
  if (header.shape.size() != 1)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: has {} axes, one is needed", name, header.shape.size()));
  const auto values = file.bytes().subspan(header.values_begin);
  if (header.kind == 'i' && header.item_bytes == 4)
    return ids_of<std::int32_t>(values, header.big_endian, name);
  if (header.kind == 'u' && header.item_bytes == 4)
    return ids_of<std::uint32_t>(values, header.big_endian, name);
  if (header.kind == 'i' && header.item_bytes == 8)
    return ids_of<std::int64_t>(values, header.big_endian, name);
  if (header.kind == 'u' && header.item_bytes == 8)
    return ids_of<std::uint64_t>(values, header.big_endian, name);
  return fail(ErrorCode::unsupported,
              fmt::format("{}: holds {} values, int32, uint32, int64 or uint64 are needed", name,
                          header.type_name()));
}

Result<void> write_ids(const std::filesystem::path& path, std::span<const std::uint64_t> ids,
                       std::size_t columns) {
  if (columns != 0 && ids.size() % columns != 0)
    return fail(ErrorCode::invalid_argument, fmt::format("{}: {} ids don't fill rows of {}",
                                                         path.string(), ids.size(), columns));
  std::vector<std::size_t> shape{ids.size()};
  if (columns != 0) shape = {ids.size() / columns, columns};
  const auto header = files::format_npy_header("<u8", shape);
  return base::write_atomically(base::real_file_system(), path,
                                [&](base::WritableFile& file) -> Result<void> {
                                  KINDRED_TRY(file.write(header));
                                  return file.write(std::as_bytes(ids));
                                });
}

}  // namespace kindred
