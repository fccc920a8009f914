#include "files/sorted_table.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "files/crc32c.h"

namespace kindred::files {
namespace {

constexpr std::size_t kFooter = 48;
constexpr std::size_t kTrailer = 5;  // behind a block: its packing, its checksum
constexpr std::uint64_t kMagic = 0xDB4775248B80FB57;

template <typename Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// Numbers of 7 bits a byte, from the front of some bytes.
class Varints {
 public:
  Varints(std::string_view bytes, std::string_view name) : left_(bytes), name_(name) {}

  std::string_view left() const { return left_; }
  Result<std::uint64_t> next() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < left_.size() && i < 10; ++i) {
      const auto byte = static_cast<unsigned char>(left_[i]);
      value |= std::uint64_t{byte & 0x7FU} << (7 * i);
      if (byte < 0x80) {
        left_.remove_prefix(i + 1);
        return value;
      }
    }
    return fail(ErrorCode::corrupt, fmt::format("{}: a number does not end", name_));
  }
  Result<std::string_view> take(std::uint64_t size) {
    if (size > left_.size())
      return fail(ErrorCode::corrupt, fmt::format("{}: an entry goes past its block", name_));
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view left_;
  std::string_view name_;
};

struct Place {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

Result<Place> read_place(Varints& varints) {
  Place place;
  place.offset = KINDRED_TRY(varints.next());
  place.size = KINDRED_TRY(varints.next());
  return place;
}

class TableReader {
 public:
  TableReader(std::span<const std::byte> file, std::string_view name)
      : file_(reinterpret_cast<const char*>(file.data()), file.size()), name_(name) {}

  Result<std::vector<TableEntry>> read() {
    if (file_.size() < kFooter ||
        number_at<std::uint64_t>(file_, file_.size() - sizeof kMagic) != kMagic)
      return corrupt("doesn't end as a table does");
    Varints footer(file_.substr(file_.size() - kFooter, kFooter - sizeof kMagic), name_);
    KINDRED_TRY(read_place(footer));  // of the block of filters
    const Place index = KINDRED_TRY(read_place(footer));
    std::vector<TableEntry> blocks;
    KINDRED_TRY(read_block(index, blocks));
    std::vector<TableEntry> entries;
    std::uint64_t read = 0;
    for (const TableEntry& block : blocks) {
      Varints varints(block.value, name_);
      const Place place = KINDRED_TRY(read_place(varints));
      // Blocks don't overlap, so that a small file can't be read as a large one.
      read += place.size <= file_.size() ? place.size : file_.size() + 1;
      if (read > file_.size()) return corrupt("its blocks overlap");
      KINDRED_TRY(read_block(place, entries));
    }
    for (std::size_t i = 1; i < entries.size(); ++i)
      if (entries[i - 1].key >= entries[i].key) return corrupt("its keys are not sorted");
    return entries;
  }

 private:
  std::unexpected<Error> corrupt(std::string_view problem) const {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", name_, problem));
  }

  /// Adds a block's entries to `out`.
  Result<void> read_block(Place place, std::vector<TableEntry>& out) const {
    const std::size_t end = file_.size() - kFooter;
    if (place.offset > end || end - place.offset < kTrailer ||
        place.size > end - place.offset - kTrailer)
      return corrupt("a block doesn't lie in the file");
    const std::string_view block = file_.substr(place.offset, place.size);
    const std::string_view summed = file_.substr(place.offset, place.size + 1);
    const auto stored = number_at<std::uint32_t>(file_, place.offset + place.size + 1);
    if (crc32c(std::as_bytes(std::span(summed))) != unmasked_crc32c(stored))
      return corrupt("a block has another checksum");
    if (summed.back() != 0)
      return fail(ErrorCode::unsupported, fmt::format("{}: its blocks are packed", name_));
    // At the end: places where keys share nothing, and how many of them.
    constexpr std::size_t kNumber = sizeof(std::uint32_t);
    if (block.size() < kNumber) return corrupt("a block is too short");
    const std::size_t restarts = number_at<std::uint32_t>(block, block.size() - kNumber);
    if (restarts > (block.size() - kNumber) / kNumber) return corrupt("a block is too short");
    Varints varints(block.substr(0, block.size() - kNumber * (restarts + 1)), name_);
    std::string key;
    while (!varints.left().empty()) {
      const auto shared = KINDRED_TRY(varints.next());
      const auto own = KINDRED_TRY(varints.next());
      const auto size = KINDRED_TRY(varints.next());
      if (shared > key.size()) return corrupt("a key shares more than there is");
      if (shared > kLongestKey) return corrupt("a key is too long");
      key.resize(shared);
      key += KINDRED_TRY(varints.take(own));
      const auto value = KINDRED_TRY(varints.take(size));
      out.push_back({key, value});
    }
    return {};
  }

  /// Keys that share all but a byte could else take the square of the file's size.
  static constexpr std::size_t kLongestKey = 4096;

  std::string_view file_;
  std::string_view name_;
};

}  // namespace

Result<std::vector<TableEntry>> read_sorted_table(std::span<const std::byte> file,
                                                  std::string_view name) {
  return TableReader(file, name).read();
}

}  // namespace kindred::files
