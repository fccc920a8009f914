/// The header of NumPy's `.npy` files: what an array's bytes mean.
///
/// A file is 6 magic bytes, a version, the length of the header, the header as the text of a Python
/// dictionary, and the values: `{'descr': '<f4', 'fortran_order': False, 'shape': (10, 384), }`.
/// Versions 1.0 (16-bit length), 2.0 (32-bit length) and 3.0 (UTF-8) are read. The specification is
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
///
/// Only the literals that such a header can hold are read, nothing is evaluated. Cost: linear in
/// the header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::files {

struct NpyHeader {
  bool big_endian = false;
  char kind = 'f';             ///< NumPy's letter: f(loat), i(nt), u(nsigned)
  std::size_t item_bytes = 4;  ///< bytes a value
  bool fortran_order = false;  ///< columns one after the other, not rows
  std::vector<std::size_t> shape;
  std::size_t values_begin = 0;  ///< where in the file the values start
  std::size_t values_bytes = 0;  ///< all of them: product of shape, times item_bytes

  /// "float32": NumPy's name of the type, whatever its byte order.
  std::string type_name() const;
};

/// Reads the header of a whole file and checks that exactly the values it promises follow. `name`
/// is the file's, for messages. Types other than plain numbers (objects, structures, text) are
/// ErrorCode::unsupported, named as the file names them.
Result<NpyHeader> parse_npy_header(std::span<const std::byte> file, std::string_view name);

/// The bytes before the values, as numpy.save writes them for an array in C order: version 1.0,
/// padded to a multiple of 64 bytes, with the room that NumPy leaves for the first axis to grow.
/// `type` is a descr: "<f4", "<u8".
std::string format_npy_header(std::string_view type, std::span<const std::size_t> shape);

}  // namespace kindred::files
