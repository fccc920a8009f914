#include "index/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#include "index/metrics.h"
#include "index/typed_rows.h"
#include "index/types.h"

namespace kindred::index {
namespace {

constexpr base::SectionsKind kKind{.content = "index", .version = 1};

/// The section "index".
struct AboutBytes {
  std::array<char, 32> type;
  std::array<char, 16> metric;
  std::uint64_t rows;
  std::uint64_t dimensions;
};
static_assert(sizeof(AboutBytes) == 64);

/// The section "row_type".
using RowTypeBytes = std::array<char, 16>;

template <std::size_t kSize>
void put_text(std::string_view text, std::array<char, kSize>& field) {
  assert(text.size() <= kSize);
  std::ranges::copy(text, field.begin());
}

/// Without the padding; an error where it is not printable ASCII.
template <std::size_t kSize>
Result<std::string> text_of(const std::array<char, kSize>& field,
                            const std::filesystem::path& path) {
  std::string text(field.begin(), std::ranges::find(field, '\0'));
  if (std::ranges::any_of(text, [](char c) { return c < ' ' || c > '~'; }))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the name of a type or metric is not text", path.string()));
  return text;
}

/// `parse`'s value of a name; its error with the path in front.
template <typename T>
Result<T> named(const std::filesystem::path& path, Result<T> parsed) {
  if (!parsed.has_value())
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {}", path.string(), parsed.error().message));
  return parsed;
}

/// Whether a * b * c is `size`; false where the product overflows.
bool is_product(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t size) {
  std::uint64_t product = 0;
  return !__builtin_mul_overflow(a, b, &product) && !__builtin_mul_overflow(product, c, &product) &&
         product == size;
}

}  // namespace

Result<void> write_file(base::FileSystem& files, const std::filesystem::path& path,
                        const Contents& contents) {
  AboutBytes about{.type = {},
                   .metric = {},
                   .rows = contents.about.rows,
                   .dimensions = contents.about.dimensions};
  put_text(contents.about.type, about.type);
  put_text(name_of(contents.about.metric), about.metric);
  RowTypeBytes row_type{};
  put_text(name_of(contents.about.row_type), row_type);
  std::vector<base::SectionBytes> sections = {{"index", {std::as_bytes(std::span(&about, 1))}}};
  // Files of float32 rows are as they were before there was another type.
  if (contents.about.row_type != RowType::f32)
    sections.push_back({"row_type", {std::as_bytes(std::span(row_type))}});
  sections.push_back({"rows", contents.rows});
  sections.push_back({"ids", contents.ids});
  if (traits_of(contents.about.metric).unit_length)
    sections.push_back({"lengths", contents.lengths});
  sections.insert(sections.end(), contents.further.begin(), contents.further.end());
  return base::write_atomically(files, path, [&](base::WritableFile& file) {
    return base::write_sections(file, kKind, sections);
  });
}

Result<File> File::open(base::FileSystem& files, const std::filesystem::path& path) {
  auto map = KINDRED_TRY(files.map(path));
  File file(KINDRED_TRY(base::Sections::open(std::move(map), path, kKind)));
  KINDRED_TRY(file.read_about());
  const About& about = file.about_;
  file.rows_section_ =
      KINDRED_TRY(file.find_rows("rows", about.dimensions, value_bytes(about.row_type)));
  file.ids_section_ = KINDRED_TRY(file.find_rows("ids", 1, sizeof(std::uint64_t)));
  file.has_lengths_ = traits_of(about.metric).unit_length;
  if (file.has_lengths_)
    file.lengths_section_ = KINDRED_TRY(file.find_rows("lengths", 1, sizeof(double)));
  return {std::move(file)};
}

Result<void> File::read_about() {
  const auto section = KINDRED_TRY(find<AboutBytes>("index", 1));
  KINDRED_TRY(verify(section));
  const AboutBytes& bytes = section.values.front();
  about_.type = KINDRED_TRY(text_of(bytes.type, path()));
  const auto metric = KINDRED_TRY(text_of(bytes.metric, path()));
  about_.metric = KINDRED_TRY(named(path(), parse_metric(metric)));
  about_.rows = bytes.rows;
  about_.dimensions = bytes.dimensions;
  if (sections_.find("row_type").has_value()) {
    const auto row_type = KINDRED_TRY(find<RowTypeBytes>("row_type", 1));
    KINDRED_TRY(verify(row_type));
    const auto name = KINDRED_TRY(text_of(row_type.values.front(), path()));
    about_.row_type = KINDRED_TRY(named(path(), parse_row_type(name)));
  }
  if (about_.dimensions == 0 && about_.rows != 0)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: {} rows of 0 dimensions", path().string(), about_.rows));
  return {};
}

Result<std::size_t> File::find_rows(std::string_view name, std::size_t dimensions,
                                    std::size_t value_bytes) const {
  const std::size_t section = KINDRED_TRY(sections_.find(name));
  const std::size_t size = sections_.bytes(section).size();
  if (!is_product(about_.rows, dimensions, value_bytes, size))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: section \"{}\" has {} bytes, which don't make {} rows of {} "
                            "dimensions of {} bytes",
                            path().string(), name, size, about_.rows, dimensions, value_bytes));
  return section;
}

Result<std::size_t> File::find_bytes(std::string_view name, std::size_t count,
                                     std::size_t value_bytes) const {
  const std::size_t section = KINDRED_TRY(sections_.find(name));
  const std::size_t size = sections_.bytes(section).size();
  if (!is_product(count, value_bytes, 1, size))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: section \"{}\" has {} bytes, not {} values of {}", path().string(),
                            name, size, count, value_bytes));
  return section;
}

Result<void> File::verify_rows(std::size_t begin, std::size_t count) const {
  const std::size_t row_bytes = about_.dimensions * value_bytes(about_.row_type);
  KINDRED_TRY(sections_.verify(rows_section_, begin * row_bytes, count * row_bytes));
  if (has_lengths_)
    KINDRED_TRY(sections_.verify(lengths_section_, begin * sizeof(double), count * sizeof(double)));
  return sections_.verify(ids_section_, begin * sizeof(std::uint64_t),
                          count * sizeof(std::uint64_t));
}

Result<void> File::verify_ids() const {
  return sections_.verify(ids_section_, 0, sections_.bytes(ids_section_).size());
}

}  // namespace kindred::index
