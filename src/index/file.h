/// The file of an index: the sections that every type of index has (docs/formats/index.md).
///
/// "index" says what it is: type, metric, rows, dimensions. "rows" are the vectors as the metric
/// wants them, "ids" one u64 a row, "lengths" the Euclidean lengths that the vectors had (f64), for
/// metrics that bring them to length 1. An approximate index adds sections of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "base/sections.h"
#include "kindred/index.h"
#include "kindred/matrix.h"

namespace kindred::index {

/// What an index file holds, by reference: all spans and views belong to somebody else.
struct Contents {
  std::string_view type;
  Metric metric = Metric::cosine;
  MatrixView rows;
  std::span<const std::uint64_t> ids;
  std::span<const double> lengths;  ///< empty where the metric leaves lengths alone
};

/// Writes all of it; the file replaces `path` atomically.
Result<void> write_file(base::FileSystem& files, const std::filesystem::path& path,
                        const Contents& contents);

/// An index file, mapped and its sizes checked. The contents point into the map: verify before use.
class File {
 public:
  static Result<File> open(base::FileSystem& files, const std::filesystem::path& path);

  const Contents& contents() const { return contents_; }
  /// Checks the blocks under these rows and their ids, unless that was done.
  Result<void> verify_rows(std::size_t begin, std::size_t count) const;
  Result<void> verify_all() const { return sections_.verify_all(); }
  const std::filesystem::path& path() const { return sections_.path(); }

 private:
  explicit File(base::Sections sections) : sections_(std::move(sections)) {}

  base::Sections sections_;
  std::size_t rows_section_ = 0;
  std::size_t ids_section_ = 0;
  Contents contents_;
};

}  // namespace kindred::index
