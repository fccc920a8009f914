/// The files to read: what was named, and what is in the folders that were named.
///
/// A folder's files come in the order of their paths' bytes, so that a run is the same on every
/// machine. Hidden files and folders (a dot first) and links to folders are left out; so are files
/// that are not text, which are counted. Cost: one look at the first 8 KiB of each file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "kindred/result.h"

namespace kindred::ingestion {

struct FileList {
  std::vector<std::filesystem::path> files;
  std::size_t skipped = 0;  ///< files of folders that are not text
};

/// A path that is not there, a named file that is not text, or a folder that may not be read is an
/// error.
Result<FileList> list_files(std::span<const std::filesystem::path> named);

}  // namespace kindred::ingestion
