/// A table of LevelDB, read whole: keys and values, sorted by key. TensorFlow keeps the list of a
/// checkpoint's tensors in one.
///
/// Blocks of entries, each entry without the bytes that its key shares with the one before; behind
/// each block its packing and a masked CRC-32C; a block that lists the others; a footer with that
/// block's place and a magic number (LevelDB, doc/table_format.md). Blocks packed with Snappy are
/// ErrorCode::unsupported: TensorFlow doesn't pack. Checksums, places and lengths are checked.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::files {

struct TableEntry {
  std::string key;
  std::string_view value;  ///< within the bytes that were read
};

/// `name` is the file's, for messages. Keys ascend strictly.
Result<std::vector<TableEntry>> read_sorted_table(std::span<const std::byte> file,
                                                  std::string_view name);

}  // namespace kindred::files
