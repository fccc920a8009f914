/// A file made of named sections, each byte of it covered by a checksum: the container of Kindred's
/// own binary formats. docs/formats/index.md gives it byte by byte.
///
/// Head (header, table of sections, a checksum for every block of every section) and sections on
/// 64-byte boundaries. The head is checked when the file is opened, so that the names, places and
/// block checksums that it holds can be relied on. A section's bytes are checked a block at a time:
/// all at once with verify_all(), or each on first touch with verify(), which is what makes opening
/// a mapped file of any size a matter of milliseconds.
///
/// Errors name the path and, for a damaged block, the section, the block and its place. Thread
/// safety: a Sections object may be read and verified from any number of threads; two that touch a
/// block first at the same time both check it. Cost: verify() of bytes that were checked before is
/// one atomic load for each block.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/mapped_file.h"
#include "kindred/result.h"

namespace kindred::base {

/// What a file holds, as its header says: a name of at most 8 bytes, and the version of what the
/// sections mean.
struct SectionsKind {
  std::string_view content;
  std::uint32_t version = 1;
};

/// A section to be written: a name of 1 to 16 bytes, and its bytes, which may stand in several
/// places of the memory: one piece after the other makes the section.
struct SectionBytes {
  std::string_view name;
  std::vector<std::span<const std::byte>> pieces;
};

/// Bytes under one checksum: small enough that touching a single row is cheap, large enough that
/// the checksums are next to nothing.
inline constexpr std::size_t kSectionBlock = std::size_t{256} << 10;

/// Writes the whole file. The names are distinct. Reads the bytes twice: checksums stand in the
/// head.
Result<void> write_sections(WritableFile& file, SectionsKind kind,
                            std::span<const SectionBytes> sections,
                            std::size_t block_size = kSectionBlock);

class Sections {
 public:
  /// Checks the head, and that the file has the size that it says. Another content or a newer
  /// version is ErrorCode::unsupported, everything else that is wrong ErrorCode::corrupt. `path` is
  /// for messages.
  static Result<Sections> open(MappedFile file, const std::filesystem::path& path,
                               SectionsKind kind);

  /// The position of the section of this name, for the calls below; its absence is an error.
  Result<std::size_t> find(std::string_view name) const;
  /// Its bytes, which are not verified by this.
  std::span<const std::byte> bytes(std::size_t section) const { return table_[section].bytes; }

  /// Tells the system so (mapped_file.h).
  void expect_scattered_reads(std::size_t section) const {
    file_.expect_scattered_reads(table_[section].bytes);
  }

  /// Checks every block that has bytes of [begin, begin + size) of a section, unless that was done.
  Result<void> verify(std::size_t section, std::size_t begin, std::size_t size) const;
  Result<void> verify_all() const;

  const std::filesystem::path& path() const { return path_; }

 private:
  struct Section {
    std::string name;
    std::span<const std::byte> bytes;
    std::size_t first_block = 0;  ///< among the blocks of all sections
  };

  Result<void> check_block(const Section& section, std::size_t block) const;

  MappedFile file_;
  std::filesystem::path path_;
  std::size_t block_size_ = 0;
  std::vector<Section> table_;
  const std::byte* checksums_ = nullptr;  ///< little-endian u64, one a block
  std::unique_ptr<std::atomic<bool>[]> verified_;
};

}  // namespace kindred::base
