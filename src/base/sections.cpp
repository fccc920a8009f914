#include "base/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <optional>

#include "base/checksum.h"

namespace kindred::base {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::array<char, 8> kMagic = {'K', 'I', 'N', 'D', 'R', 'E', 'D', '\x1a'};
constexpr std::size_t kSectionAlignment = 64;
constexpr std::size_t kSmallestBlock = 64;
constexpr std::size_t kLargestBlock = std::size_t{1} << 30;

/// The first 64 bytes. `checksum` covers the head without itself.
struct Header {
  std::array<char, 8> magic;
  std::array<char, 8> content;
  std::uint32_t version;
  std::uint32_t sections;
  std::uint64_t head_size;
  std::uint64_t file_size;
  std::uint64_t block_size;
  std::uint64_t reserved;
  std::uint64_t checksum;
};
static_assert(sizeof(Header) == 64);

/// A row of the table of sections.
struct Entry {
  std::array<char, 16> name;
  std::uint64_t offset;
  std::uint64_t size;
};
static_assert(sizeof(Entry) == 32);

template <std::size_t kSize>
std::array<char, kSize> padded(std::string_view text) {
  assert(text.size() <= kSize);
  std::array<char, kSize> field{};
  std::ranges::copy(text, field.begin());
  return field;
}

/// Without the padding; what is not printable ASCII becomes "?", for messages.
template <std::size_t kSize>
std::string text_of(const std::array<char, kSize>& field) {
  std::string text(field.begin(), std::ranges::find(field, '\0'));
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::uint64_t aligned(std::uint64_t offset) {
  return (offset + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment;
}

std::uint64_t blocks_of(std::uint64_t size, std::uint64_t block_size) {
  return size / block_size + (size % block_size == 0 ? 0 : 1);
}

std::uint64_t size_of(const SectionBytes& section) {
  std::uint64_t size = 0;
  for (const auto piece : section.pieces) size += piece.size();
  return size;
}

/// The checksums of a section's blocks; a block may begin in one piece and end in another.
void append_checksums(const SectionBytes& section, std::size_t block_size,
                      std::vector<std::uint64_t>& checksums) {
  std::optional<StreamingChecksum> sum(std::in_place);
  std::size_t room = block_size;  // of the block that is being summed
  for (auto piece : section.pieces)
    while (!piece.empty()) {
      const auto part = piece.first(std::min(room, piece.size()));
      sum->add(part);
      piece = piece.subspan(part.size());
      room -= part.size();
      if (room > 0) continue;
      checksums.push_back(sum->value());
      sum.emplace();
      room = block_size;
    }
  if (room < block_size) checksums.push_back(sum->value());
}

std::uint64_t checksum_of_head(std::span<const std::byte> head) {
  StreamingChecksum sum;
  sum.add(head.first(offsetof(Header, checksum)));
  sum.add(head.subspan(sizeof(Header)));
  return sum.value();
}

template <typename T>
T read_at(std::span<const std::byte> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view what) {
  return fail(ErrorCode::corrupt, fmt::format("{}: {}", path.string(), what));
}

}  // namespace

Result<void> write_sections(WritableFile& file, SectionsKind kind,
                            std::span<const SectionBytes> sections, std::size_t block_size) {
  assert(std::has_single_bit(block_size) && block_size >= kSmallestBlock &&
         block_size <= kLargestBlock);
  std::vector<std::uint64_t> checksums;
  for (const SectionBytes& section : sections) append_checksums(section, block_size, checksums);

  const std::size_t checksums_at = sizeof(Header) + sections.size() * sizeof(Entry);
  std::vector<std::byte> head(checksums_at + checksums.size() * sizeof(std::uint64_t));
  std::uint64_t end = head.size();
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const Entry entry{
        .name = padded<16>(sections[i].name), .offset = aligned(end), .size = size_of(sections[i])};
    std::memcpy(head.data() + sizeof(Header) + i * sizeof(Entry), &entry, sizeof(Entry));
    end = entry.offset + entry.size;
  }
  std::memcpy(head.data() + checksums_at, checksums.data(), head.size() - checksums_at);
  Header header{.magic = kMagic,
                .content = padded<8>(kind.content),
                .version = kind.version,
                .sections = static_cast<std::uint32_t>(sections.size()),
                .head_size = head.size(),
                .file_size = end,
                .block_size = block_size,
                .reserved = 0,
                .checksum = 0};
  std::memcpy(head.data(), &header, sizeof(header));
  header.checksum = checksum_of_head(head);
  std::memcpy(head.data(), &header, sizeof(header));

  constexpr std::array<std::byte, kSectionAlignment> kZeros{};
  KINDRED_TRY(file.write(std::span<const std::byte>(head)));
  std::uint64_t written = head.size();
  for (const SectionBytes& section : sections) {
    KINDRED_TRY(file.write(std::span(kZeros).first(aligned(written) - written)));
    for (const auto piece : section.pieces) KINDRED_TRY(file.write(piece));
    written = aligned(written) + size_of(section);
  }
  return {};
}

Result<Sections> Sections::open(MappedFile file, const std::filesystem::path& path,
                                SectionsKind kind) {
  const auto bytes = file.bytes();
  if (bytes.size() < sizeof(Header))
    return damaged(
        path, fmt::format("{} bytes are too few for a header of {}", bytes.size(), sizeof(Header)));
  const auto header = read_at<Header>(bytes, 0);
  if (header.magic != kMagic) return damaged(path, "is not a file of Kindred's");
  // The size first, so that a file that was cut short is called that.
  if (header.head_size < sizeof(Header) || header.head_size > bytes.size() ||
      header.file_size != bytes.size())
    return damaged(path, fmt::format("has {} bytes, its header says {} and a head of {}",
                                     bytes.size(), header.file_size, header.head_size));
  const auto head = bytes.first(header.head_size);
  if (checksum_of_head(head) != header.checksum)
    return damaged(path, "the head is damaged: its checksum doesn't match");
  if (header.content != padded<8>(kind.content))
    return fail(ErrorCode::unsupported, fmt::format("{}: holds \"{}\", not \"{}\"", path.string(),
                                                    text_of(header.content), kind.content));
  if (header.version != kind.version)
    return fail(
        ErrorCode::unsupported,
        fmt::format("{}: has version {} of the format \"{}\", this program reads version {}",
                    path.string(), header.version, kind.content, kind.version));
  if (!std::has_single_bit(header.block_size) || header.block_size < kSmallestBlock ||
      header.block_size > kLargestBlock)
    return damaged(path, fmt::format("a block size of {} bytes", header.block_size));
  if (header.sections > (head.size() - sizeof(Header)) / sizeof(Entry))
    return damaged(path, fmt::format("a head of {} bytes has no room for {} sections", head.size(),
                                     header.sections));

  Sections result;
  const std::size_t checksums_at = sizeof(Header) + header.sections * sizeof(Entry);
  std::uint64_t end = head.size();
  std::uint64_t blocks = 0;
  for (std::size_t i = 0; i < header.sections; ++i) {
    const auto entry = read_at<Entry>(bytes, sizeof(Header) + i * sizeof(Entry));
    const std::string name = text_of(entry.name);
    // Each section stands where the one before ends: nothing overlaps, nothing is out of range.
    if (entry.offset != aligned(end) || entry.offset > bytes.size() ||
        entry.size > bytes.size() - entry.offset)
      return damaged(path, fmt::format("section {} has {} bytes at {}, the file has {}", i,
                                       entry.size, entry.offset, bytes.size()));
    result.table_.push_back(
        {.name = name, .bytes = bytes.subspan(entry.offset, entry.size), .first_block = blocks});
    end = entry.offset + entry.size;
    blocks += blocks_of(entry.size, header.block_size);
  }
  if (end != bytes.size() || (head.size() - checksums_at) % sizeof(std::uint64_t) != 0 ||
      (head.size() - checksums_at) / sizeof(std::uint64_t) != blocks)
    return damaged(path, "the table of sections doesn't fit the sizes of file and head");
  result.path_ = path;
  result.block_size_ = header.block_size;
  result.checksums_ = bytes.data() + checksums_at;
  result.verified_ = std::make_unique<std::atomic<bool>[]>(blocks);
  result.file_ = std::move(file);
  return result;
}

Result<std::size_t> Sections::find(std::string_view name) const {
  const auto found = std::ranges::find(table_, name, &Section::name);
  if (found == table_.end()) return damaged(path_, fmt::format("has no section \"{}\"", name));
  return static_cast<std::size_t>(found - table_.begin());
}

Result<void> Sections::check_block(const Section& section, std::size_t block) const {
  const std::size_t begin = block * block_size_;
  const auto bytes =
      section.bytes.subspan(begin, std::min(block_size_, section.bytes.size() - begin));
  std::uint64_t expected = 0;
  std::memcpy(&expected, checksums_ + (section.first_block + block) * sizeof(expected),
              sizeof(expected));
  if (checksum(bytes) != expected)
    return damaged(path_, fmt::format("block {} of section \"{}\" ({} bytes at {}) is damaged: its "
                                      "checksum doesn't match",
                                      block, section.name, bytes.size(),
                                      section.bytes.data() + begin - file_.bytes().data()));
  return {};
}

Result<void> Sections::verify(std::size_t section, std::size_t begin, std::size_t size) const {
  const Section& entry = table_[section];
  assert(begin <= entry.bytes.size() && size <= entry.bytes.size() - begin);
  if (size == 0) return {};
  for (std::size_t block = begin / block_size_; block <= (begin + size - 1) / block_size_;
       ++block) {
    // Relaxed: the flag says something about bytes that nobody writes.
    std::atomic<bool>& verified = verified_[entry.first_block + block];
    if (verified.load(std::memory_order_relaxed)) continue;
    KINDRED_TRY(check_block(entry, block));
    verified.store(true, std::memory_order_relaxed);
  }
  return {};
}

Result<void> Sections::verify_all() const {
  for (std::size_t section = 0; section < table_.size(); ++section)
    KINDRED_TRY(verify(section, 0, table_[section].bytes.size()));
  return {};
}

}  // namespace kindred::base
