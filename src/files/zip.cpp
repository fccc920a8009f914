#include "files/zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "files/excerpt.h"

namespace kindred::files {
namespace {

// Signatures of the records, and their sizes without what varies.
constexpr std::uint32_t kEntryHeader = 0x04034b50;
constexpr std::size_t kEntryHeaderSize = 30;
constexpr std::uint32_t kDirectoryRow = 0x02014b50;
constexpr std::size_t kDirectoryRowSize = 46;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::size_t kEndSize = 22;
constexpr std::uint32_t kLargeEndLocator = 0x07064b50;
constexpr std::size_t kLargeEndLocatorSize = 20;
constexpr std::uint32_t kLargeEnd = 0x06064b50;
constexpr std::size_t kLargeEndSize = 56;

constexpr std::size_t kLongestComment = 65535;
constexpr std::uint16_t kLargeFields = 1;  // the extra field with 64-bit sizes and places
constexpr std::uint32_t kIsLarge = 0xffffffff;

template <typename T>
T number_at(std::span<const std::byte> bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// The part [at, at + size), where it lies within.
std::optional<std::span<const std::byte>> part(std::span<const std::byte> bytes, std::uint64_t at,
                                               std::uint64_t size) {
  if (at > bytes.size() || size > bytes.size() - at) return {};
  return bytes.subspan(at, size);
}

bool has_signature(std::span<const std::byte> bytes, std::uint64_t at, std::uint32_t signature) {
  const auto found = part(bytes, at, sizeof signature);
  return found && number_at<std::uint32_t>(*found, 0) == signature;
}

/// Where the directory lies.
struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t at = 0;
};

std::optional<Directory> find_directory(std::span<const std::byte> file) {
  if (file.size() < kEndSize) return {};
  const std::size_t last = file.size() - kEndSize;
  const std::size_t first = last - std::min(last, kLongestComment);
  for (std::size_t at = last + 1; at-- > first;) {
    // The record ends with a comment that ends with the file.
    if (!has_signature(file, at, kEnd) ||
        number_at<std::uint16_t>(file, at + 20) != file.size() - at - kEndSize)
      continue;
    if (number_at<std::uint32_t>(file, at + 4) != 0) return {};  // parts on several disks
    if (at >= kLargeEndLocatorSize &&
        has_signature(file, at - kLargeEndLocatorSize, kLargeEndLocator)) {
      const auto large_at = number_at<std::uint64_t>(file, at - kLargeEndLocatorSize + 8);
      const auto large = part(file, large_at, kLargeEndSize);
      if (!large || !has_signature(*large, 0, kLargeEnd)) return {};
      return Directory{.entries = number_at<std::uint64_t>(*large, 32),
                       .size = number_at<std::uint64_t>(*large, 40),
                       .at = number_at<std::uint64_t>(*large, 48)};
    }
    return Directory{.entries = number_at<std::uint16_t>(file, at + 10),
                     .size = number_at<std::uint32_t>(file, at + 12),
                     .at = number_at<std::uint32_t>(file, at + 16)};
  }
  return {};
}

struct Row {
  std::string name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::uint64_t header_at = 0;
};

/// Replaces those numbers of the row that don't fit 32 bits by those of its extra fields.
bool read_large_fields(std::span<const std::byte> extra, Row& row) {
  while (extra.size() >= 4) {
    const auto kind = number_at<std::uint16_t>(extra, 0);
    const auto field = part(extra, 4, number_at<std::uint16_t>(extra, 2));
    if (!field) return false;
    if (kind == kLargeFields) {
      std::size_t at = 0;
      for (std::uint64_t* const value : {&row.size, &row.packed, &row.header_at}) {
        if (*value != kIsLarge) continue;
        const auto number = part(*field, at, sizeof *value);
        if (!number) return false;
        *value = number_at<std::uint64_t>(*number, 0);
        at += sizeof *value;
      }
      return true;
    }
    extra = extra.subspan(4 + field->size());
  }
  return true;
}

/// The first row, which is taken off the directory. Nothing where it is broken.
std::optional<Row> take_row(std::span<const std::byte>& directory) {
  if (directory.size() < kDirectoryRowSize || !has_signature(directory, 0, kDirectoryRow))
    return {};
  Row row{.flags = number_at<std::uint16_t>(directory, 8),
          .method = number_at<std::uint16_t>(directory, 10),
          .packed = number_at<std::uint32_t>(directory, 20),
          .size = number_at<std::uint32_t>(directory, 24),
          .header_at = number_at<std::uint32_t>(directory, 42)};
  const std::size_t name_size = number_at<std::uint16_t>(directory, 28);
  const std::size_t extra_size = number_at<std::uint16_t>(directory, 30);
  const std::size_t comment_size = number_at<std::uint16_t>(directory, 32);
  const auto rest = part(directory, kDirectoryRowSize, name_size + extra_size + comment_size);
  if (!rest || !read_large_fields(rest->subspan(name_size, extra_size), row)) return {};
  row.name.assign(reinterpret_cast<const char*>(rest->data()), name_size);
  directory = directory.subspan(kDirectoryRowSize + rest->size());
  return row;
}

std::optional<std::span<const std::byte>> bytes_of_entry(std::span<const std::byte> file,
                                                         const Row& row) {
  const auto header = part(file, row.header_at, kEntryHeaderSize);
  if (!header || !has_signature(*header, 0, kEntryHeader)) return {};
  const std::size_t name_size = number_at<std::uint16_t>(*header, 26);
  const std::size_t extra_size = number_at<std::uint16_t>(*header, 28);
  return part(file, row.header_at + kEntryHeaderSize + name_size + extra_size, row.size);
}

}  // namespace

bool looks_like_zip(std::span<const std::byte> file) {
  return has_signature(file, 0, kEntryHeader);
}

Result<ZipEntries> parse_zip(std::span<const std::byte> file, std::string_view name) {
  const auto broken = [&](ErrorCode code, std::string_view problem) {
    return fail(code, fmt::format("{}: {}", name, problem));
  };
  const auto directory = find_directory(file);
  if (!directory)
    return broken(ErrorCode::corrupt, "is not a whole zip archive: it has no directory at its end");
  auto rows = part(file, directory->at, directory->size);
  if (!rows)
    return broken(ErrorCode::corrupt,
                  fmt::format("its directory of {} bytes at {} does not lie in its {} bytes",
                              directory->size, directory->at, file.size()));
  ZipEntries entries;
  for (std::uint64_t i = 0; i < directory->entries; ++i) {
    auto row = take_row(*rows);
    if (!row)
      return broken(ErrorCode::corrupt, fmt::format("entry {} of its directory is broken", i));
    const std::string shown = excerpt(row->name);
    constexpr std::uint16_t kEncrypted = 1;
    if ((row->flags & kEncrypted) != 0 || row->method != 0 || row->packed != row->size)
      return broken(ErrorCode::unsupported,
                    fmt::format("its entry \"{}\" is compressed or encrypted (method {}), Kindred "
                                "reads entries that are stored",
                                shown, row->method));
    const auto bytes = bytes_of_entry(file, *row);
    if (!bytes)
      return broken(ErrorCode::corrupt,
                    fmt::format("its entry \"{}\" of {} bytes at {} does not lie in its {} bytes",
                                shown, row->size, row->header_at, file.size()));
    if (!entries.emplace(std::move(row->name), *bytes).second)
      return broken(ErrorCode::corrupt, fmt::format("its entry \"{}\" comes twice", shown));
  }
  return entries;
}

}  // namespace kindred::files
