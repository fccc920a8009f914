#include "index/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ranges>
#include <utility>
#include <vector>

#include "index/metrics.h"

namespace kindred::index {
namespace {

constexpr base::SectionsKind kKind{.content = "index", .version = 1};

/// The section "index".
struct About {
  std::array<char, 32> type;
  std::array<char, 16> metric;
  std::uint64_t rows;
  std::uint64_t dimensions;
};
static_assert(sizeof(About) == 64);

template <std::size_t kSize>
std::string_view text_of(const std::array<char, kSize>& field) {
  return {field.begin(), std::ranges::find(field, '\0')};
}

std::unexpected<Error> wrong_size(const std::filesystem::path& path, std::string_view section,
                                  std::size_t size, const About& about) {
  return fail(
      ErrorCode::corrupt,
      fmt::format("{}: section \"{}\" has {} bytes, which don't make {} rows of {} dimensions",
                  path.string(), section, size, about.rows, about.dimensions));
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
  About about{.type = {},
              .metric = {},
              .rows = contents.rows.rows(),
              .dimensions = contents.rows.dimensions()};
  std::ranges::copy(contents.type, about.type.begin());
  std::ranges::copy(name_of(contents.metric), about.metric.begin());
  std::vector<base::SectionBytes> sections = {
      {"index", {std::as_bytes(std::span(&about, 1))}},
      {"rows", {std::as_bytes(contents.rows.values())}},
      {"ids", {std::as_bytes(contents.ids)}},
  };
  if (traits_of(contents.metric).unit_length)
    sections.push_back({"lengths", {std::as_bytes(contents.lengths)}});
  return base::write_atomically(files, path, [&](base::WritableFile& file) {
    return base::write_sections(file, kKind, sections);
  });
}

Result<File> File::open(base::FileSystem& files, const std::filesystem::path& path) {
  auto map = KINDRED_TRY(files.map(path));
  File file(KINDRED_TRY(base::Sections::open(std::move(map), path, kKind)));
  const base::Sections& sections = file.sections_;

  const std::size_t about_section = KINDRED_TRY(sections.find("index"));
  const auto about_bytes = sections.bytes(about_section);
  About about;
  if (about_bytes.size() != sizeof(about))
    return fail(ErrorCode::corrupt, fmt::format("{}: section \"index\" has {} bytes, not {}",
                                                path.string(), about_bytes.size(), sizeof(about)));
  KINDRED_TRY(sections.verify(about_section, 0, sizeof(about)));
  std::memcpy(&about, about_bytes.data(), sizeof(about));
  for (const char c : std::array{text_of(about.type), text_of(about.metric)} | std::views::join)
    if (c < ' ' || c > '~')
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: the names of type and metric are not text", path.string()));
  const auto metric = parse_metric(text_of(about.metric));
  if (!metric.has_value())
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {}", path.string(), metric.error().message));

  file.rows_section_ = KINDRED_TRY(sections.find("rows"));
  file.ids_section_ = KINDRED_TRY(sections.find("ids"));
  const auto rows = sections.bytes(file.rows_section_);
  const auto ids = sections.bytes(file.ids_section_);
  if (about.dimensions == 0 && about.rows != 0) return wrong_size(path, "rows", rows.size(), about);
  if (!is_product(about.rows, about.dimensions, sizeof(float), rows.size()))
    return wrong_size(path, "rows", rows.size(), about);
  if (!is_product(about.rows, 1, sizeof(std::uint64_t), ids.size()))
    return wrong_size(path, "ids", ids.size(), about);
  std::span<const std::byte> lengths;
  if (traits_of(*metric).unit_length) {
    lengths = sections.bytes(KINDRED_TRY(sections.find("lengths")));
    if (!is_product(about.rows, 1, sizeof(double), lengths.size()))
      return wrong_size(path, "lengths", lengths.size(), about);
  }

  // Sections start on 64-byte boundaries of a map that starts on a page.
  file.contents_ = {
      // In the map too, not in the copy on the stack.
      .type = {reinterpret_cast<const char*>(about_bytes.data()), text_of(about.type).size()},
      .metric = *metric,
      .rows = {reinterpret_cast<const float*>(rows.data()), about.rows, about.dimensions},
      .ids = {reinterpret_cast<const std::uint64_t*>(ids.data()), about.rows},
      .lengths = {reinterpret_cast<const double*>(lengths.data()), lengths.size() / sizeof(double)},
  };
  return {std::move(file)};
}

Result<void> File::verify_rows(std::size_t begin, std::size_t count) const {
  const std::size_t row_size = contents_.rows.dimensions() * sizeof(float);
  KINDRED_TRY(sections_.verify(rows_section_, begin * row_size, count * row_size));
  return sections_.verify(ids_section_, begin * sizeof(std::uint64_t),
                          count * sizeof(std::uint64_t));
}

}  // namespace kindred::index
