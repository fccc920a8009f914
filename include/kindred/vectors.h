/// Vectors in files that other programs read: NumPy's `.npy`.
///
/// Reading takes float32 (any byte order, C or Fortran order, one or two axes) and checks the
/// header against the file's size first; writing makes the bytes that numpy.save would make of the
/// same array. Files are written aside, synced and renamed: a name always stands for a whole file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "kindred/matrix.h"
#include "kindred/result.h"

namespace kindred {

/// float32 [rows x dimensions]; an array of one axis is one row. Rows without dimensions are an
/// error.
Result<Matrix> read_vectors(const std::filesystem::path& path);
Result<void> write_vectors(const std::filesystem::path& path, MatrixView vectors);

/// An integer array of one axis (int32, uint32, int64 or uint64), as ids; a negative one is an
/// error that names it.
Result<std::vector<std::uint64_t>> read_ids(const std::filesystem::path& path);
/// uint64 [rows x columns], row-major; columns == 0 writes one axis.
Result<void> write_ids(const std::filesystem::path& path, std::span<const std::uint64_t> ids,
                       std::size_t columns = 0);

}  // namespace kindred
