#include "files/tensor_bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "files/crc32c.h"
#include "files/excerpt.h"
#include "files/sorted_table.h"
#include "files/wire_format.h"

namespace kindred::files {
namespace {

using Kind = WireReader::Kind;

constexpr std::uint64_t kMostFiles = 10'000;
constexpr std::size_t kMostAxes = 64;
constexpr std::uint64_t kTextType = 7;

struct BundleType {
  std::uint64_t number;  // of tensorflow/core/framework/types.proto
  DataType type;
};
constexpr std::array kTypes = {
    BundleType{1, DataType::f32},   BundleType{2, DataType::f64},
    BundleType{3, DataType::i32},   BundleType{4, DataType::u8},
    BundleType{5, DataType::i16},   BundleType{6, DataType::i8},
    BundleType{9, DataType::i64},   BundleType{10, DataType::boolean},
    BundleType{14, DataType::bf16}, BundleType{17, DataType::u16},
    BundleType{19, DataType::f16},  BundleType{22, DataType::u32},
    BundleType{23, DataType::u64},
};

struct Header {
  std::uint64_t files = 1;
  std::uint64_t endianness = 0;
};

Result<Header> read_header(std::string_view message, std::string_view place) {
  Header header{.files = 0};
  WireReader reader(message, place);
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(1, Kind::number)) header.files = field->value;
    if (field->is(2, Kind::number)) header.endianness = field->value;
  }
  return header;
}

/// What the table says of a tensor.
struct Entry {
  std::uint64_t type = 0;
  std::vector<std::size_t> shape;
  std::uint64_t file = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t checksum = 0;
  bool sliced = false;
};

Result<std::vector<std::size_t>> read_shape(std::string_view message, std::string_view place) {
  std::vector<std::size_t> shape;
  WireReader reader(message, place);
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (!field->is(2, Kind::bytes)) continue;
    std::uint64_t size = 0;
    WireReader axis(field->bytes, place);
    while (const auto part = KINDRED_TRY(axis.next()))
      if (part->is(1, Kind::number)) size = part->value;
    if (shape.size() == kMostAxes)
      return fail(ErrorCode::corrupt, fmt::format("{}: more than {} axes", place, kMostAxes));
    shape.push_back(size);
  }
  return shape;
}

Result<Entry> read_entry(std::string_view message, std::string_view place) {
  Entry entry;
  WireReader reader(message, place);
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(1, Kind::number)) entry.type = field->value;
    if (field->is(2, Kind::bytes)) entry.shape = KINDRED_TRY(read_shape(field->bytes, place));
    if (field->is(3, Kind::number)) entry.file = field->value;
    if (field->is(4, Kind::number)) entry.offset = field->value;
    if (field->is(5, Kind::number)) entry.size = field->value;
    if (field->is(6, Kind::fixed32)) entry.checksum = static_cast<std::uint32_t>(field->value);
    if (field->is(7, Kind::bytes)) entry.sliced = true;
  }
  return entry;
}

/// One text as a bundle keeps it: its length, a checksum of that, its bytes.
std::optional<std::string_view> one_text(std::span<const std::byte> bytes) {
  constexpr std::size_t kChecksum = 4;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint64_t>(bytes[i]);
    length |= (byte & 0x7F) << (7 * i);
    if (byte >= 0x80) continue;
    const auto rest = bytes.subspan(i + 1);
    if (rest.size() < kChecksum || rest.size() - kChecksum != length) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(rest.data()) + kChecksum, length);
  }
  return std::nullopt;
}

/// The checksum that the table keeps of a text: that of its length in 32 bits (64, where it needs
/// them), of the checksum behind that, and of its bytes.
std::uint32_t checksum_of_text(std::string_view text, std::span<const std::byte> stored) {
  std::vector<std::byte> summed(text.size() <= 0xFFFFFFFF ? 4 : 8);
  const std::uint64_t length = text.size();
  std::memcpy(summed.data(), &length, summed.size());
  const auto behind = stored.last(text.size() + 4);
  summed.insert(summed.end(), behind.begin(), behind.end());
  return crc32c(summed);
}

}  // namespace

Result<TensorBundle> TensorBundle::parse(std::span<const std::byte> index,
                                         std::span<const std::span<const std::byte>> data,
                                         std::string_view name) {
  const auto corrupt = [&](std::string_view what, std::string_view problem) {
    return fail(ErrorCode::corrupt,
                fmt::format("{}: tensor \"{}\" {}", name, excerpt(what), problem));
  };
  TensorBundle bundle;
  bundle.contents_ = {index};
  bundle.contents_.insert(bundle.contents_.end(), data.begin(), data.end());
  const auto entries = KINDRED_TRY(read_sorted_table(index, name));
  for (const TableEntry& row : entries) {
    if (row.key.empty()) {
      const Header header = KINDRED_TRY(read_header(row.value, name));
      if (header.endianness != 0)
        return fail(ErrorCode::unsupported, fmt::format("{}: is big-endian", name));
      if (header.files != data.size())
        return fail(ErrorCode::corrupt, fmt::format("{}: promises {} files of data, there are {}",
                                                    name, header.files, data.size()));
      continue;
    }
    Entry entry = KINDRED_TRY(read_entry(row.value, name));
    if (entry.sliced) continue;
    if (entry.file >= data.size() || entry.offset > data[entry.file].size() ||
        entry.size > data[entry.file].size() - entry.offset)
      return corrupt(row.key, "doesn't lie in its file");
    const auto bytes = data[entry.file].subspan(entry.offset, entry.size);
    if (entry.type == kTextType) {
      if (!entry.shape.empty()) continue;
      const auto text = one_text(bytes);
      if (!text) return corrupt(row.key, "is no text");
      if (checksum_of_text(*text, bytes) != unmasked_crc32c(entry.checksum))
        return corrupt(row.key, "has another checksum");
      bundle.texts_.emplace(row.key, *text);
      continue;
    }
    const auto* type = std::ranges::find(kTypes, entry.type, &BundleType::number);
    if (type == kTypes.end()) continue;
    if (bytes_of(entry.shape, type->type) != entry.size)
      return corrupt(row.key, "has another size than its shape");
    if (crc32c(bytes) != unmasked_crc32c(entry.checksum))
      return corrupt(row.key, "has another checksum");
    bundle.tensors_.push_back({row.key, type->type, std::move(entry.shape), bytes});
  }
  return bundle;
}

Result<TensorBundle> TensorBundle::open(const std::filesystem::path& prefix) {
  std::vector<base::MappedFile> files;
  const auto path = [&](std::string_view behind) {
    return std::filesystem::path(prefix.string() + std::string(behind));
  };
  files.push_back(KINDRED_TRY(base::MappedFile::open(path(".index"))));
  const std::string name = path(".index").string();
  const auto entries = KINDRED_TRY(read_sorted_table(files[0].bytes(), name));
  if (entries.empty() || !entries[0].key.empty())
    return fail(ErrorCode::corrupt, fmt::format("{}: says nothing of its files", name));
  const Header header = KINDRED_TRY(read_header(entries[0].value, name));
  if (header.files == 0 || header.files > kMostFiles)
    return fail(ErrorCode::corrupt, fmt::format("{}: has {} files of data", name, header.files));
  std::vector<std::span<const std::byte>> data;
  for (std::uint64_t i = 0; i < header.files; ++i) {
    files.push_back(KINDRED_TRY(
        base::MappedFile::open(path(fmt::format(".data-{:05}-of-{:05}", i, header.files)))));
    data.push_back(files.back().bytes());
  }
  TensorBundle bundle = KINDRED_TRY(parse(files[0].bytes(), data, name));
  bundle.files_ = std::move(files);  // whose bytes keep their places
  return bundle;
}

const std::string_view* TensorBundle::text(std::string_view name) const {
  const auto found = texts_.find(name);
  return found == texts_.end() ? nullptr : &found->second;
}

}  // namespace kindred::files
