/// The file of an index: the sections that every type of index has (docs/formats/index.md).
///
/// "index" says what it is: type, metric, rows, dimensions. "rows" are the vectors as the metric
/// wants them, "row_type" says in which numbers (absent: f32), "ids" has one u64 a row, "lengths"
/// the Euclidean lengths that the vectors had (f64), for metrics that bring them to length 1. A
/// type of index adds sections of its own, and finds them again by name and size.
///
/// Thread safety: reading and verifying from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "base/sections.h"
#include "kindred/index.h"
#include "kindred/result.h"

namespace kindred::index {

/// What every index file says about itself.
struct About {
  std::string type;
  Metric metric = Metric::cosine;
  RowType row_type = RowType::f32;
  std::size_t rows = 0;
  std::size_t dimensions = 0;
};

/// What is to be written, in pieces that stand anywhere in memory (base/sections.h).
struct Contents {
  using Pieces = std::vector<std::span<const std::byte>>;
  About about;
  Pieces rows;
  Pieces ids;
  Pieces lengths;                                    ///< none where the metric leaves lengths alone
  std::span<const base::SectionBytes> further = {};  ///< of this type of index
};

/// Writes all of it; the file replaces `path` atomically.
Result<void> write_file(base::FileSystem& files, const std::filesystem::path& path,
                        const Contents& contents);

/// An index file, mapped and its sizes checked. Everything points into the map and is not verified
/// until that is asked for.
class File {
 public:
  static Result<File> open(base::FileSystem& files, const std::filesystem::path& path);

  const About& about() const { return about_; }
  const std::filesystem::path& path() const { return sections_.path(); }
  /// rows x dimensions values of the row type.
  std::span<const std::byte> rows() const { return sections_.bytes(rows_section_); }
  std::span<const std::uint64_t> ids() const { return values<std::uint64_t>(ids_section_); }
  /// Empty where the metric leaves lengths alone.
  std::span<const double> lengths() const {
    return has_lengths_ ? values<double>(lengths_section_) : std::span<const double>();
  }

  /// For a search that reads few rows, anywhere.
  void expect_scattered_rows() const { sections_.expect_scattered_reads(rows_section_); }

  /// Checks the blocks under these rows, their ids and lengths, unless that was done.
  Result<void> verify_rows(std::size_t begin, std::size_t count) const;
  Result<void> verify_ids() const;
  Result<void> verify_all() const { return sections_.verify_all(); }

  /// A section of `count` values of a type of index's own. Its absence or another size is an error.
  template <typename T>
  struct Section {
    std::span<const T> values;
    std::size_t number = 0;
  };
  template <typename T>
  Result<Section<T>> find(std::string_view name, std::size_t count) const {
    const std::size_t number = KINDRED_TRY(find_bytes(name, count, sizeof(T)));
    return Section<T>{.values = values<T>(number), .number = number};
  }
  /// Checks the blocks under these values of it, unless that was done.
  template <typename T>
  Result<void> verify(const Section<T>& section, std::size_t begin, std::size_t count) const {
    return sections_.verify(section.number, begin * sizeof(T), count * sizeof(T));
  }
  template <typename T>
  Result<void> verify(const Section<T>& section) const {
    return verify(section, 0, section.values.size());
  }

 private:
  explicit File(base::Sections sections) : sections_(std::move(sections)) {}

  Result<std::size_t> find_bytes(std::string_view name, std::size_t count,
                                 std::size_t value_bytes) const;
  Result<void> read_about();
  Result<std::size_t> find_rows(std::string_view name, std::size_t dimensions,
                                std::size_t value_bytes) const;

  /// Sections start on 64-byte boundaries of a map that starts on a page.
  template <typename T>
  std::span<const T> values(std::size_t section) const {
    const auto bytes = sections_.bytes(section);
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }

  base::Sections sections_;
  About about_;
  std::size_t rows_section_ = 0;
  std::size_t ids_section_ = 0;
  std::size_t lengths_section_ = 0;
  bool has_lengths_ = false;
};

}  // namespace kindred::index
