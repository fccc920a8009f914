/// Any bytes as an index file: an error of one line, or an index that keeps its promises, mapped
/// and loaded. Checksums would turn nearly every input away at the door, so each is also tried with
/// all of them made right: what remains is what a malicious file can say.
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/checksum.h"
#include "kindred/index.h"
#include "kindred/matrix.h"

namespace {

using kindred::Index;
using kindred::Matrix;
using kindred::OpenMode;

void require(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
bool succeeded(const kindred::Result<T>& result) {
  if (!result.has_value())
    require(!result.error().message.empty() && !result.error().message.contains('\n'));
  return result.has_value();
}

template <typename T>
T number_at(std::span<const std::byte> bytes, std::size_t offset) {
  T number;
  std::memcpy(&number, bytes.data() + offset, sizeof(T));
  return number;
}

/// Makes the checksums of blocks and head right (docs/formats/index.md), as far as there is a head.
void seal(std::span<std::byte> file) {
  constexpr std::size_t kHeader = 64;
  constexpr std::size_t kEntry = 32;
  if (file.size() < kHeader) return;
  const auto sections = number_at<std::uint32_t>(file, 20);
  const auto head = number_at<std::uint64_t>(file, 24);
  const auto block = number_at<std::uint64_t>(file, 40);
  if (head < kHeader || head > file.size() || !std::has_single_bit(block) || block < 64) return;
  if (sections > (head - kHeader) / kEntry) return;
  std::size_t checksum_at = kHeader + sections * kEntry;
  for (std::size_t i = 0; i < sections; ++i) {
    const auto offset = number_at<std::uint64_t>(file, kHeader + i * kEntry + 16);
    const auto size = number_at<std::uint64_t>(file, kHeader + i * kEntry + 24);
    if (offset > file.size() || size > file.size() - offset) return;
    for (std::size_t begin = 0; begin < size && head - checksum_at >= 8; begin += block) {
      const std::uint64_t sum = kindred::base::checksum(
          file.subspan(offset + begin, std::min<std::size_t>(block, size - begin)));
      std::memcpy(file.data() + checksum_at, &sum, sizeof(sum));
      checksum_at += sizeof(sum);
    }
  }
  kindred::base::StreamingChecksum sum;
  sum.add(file.first(56));
  sum.add(file.subspan(kHeader, head - kHeader));
  const std::uint64_t value = sum.value();
  std::memcpy(file.data() + 56, &value, sizeof(value));
}

/// What holds for the hits of a search. A mapped file may say the same id twice, a loaded one not.
void check(const Index& index, const kindred::Hits& found, std::size_t k, OpenMode mode) {
  for (std::size_t query = 0; query < found.queries(); ++query) {
    const auto hits = found.of(query);
    require(hits.size() <= k);
    if (mode == OpenMode::map) continue;
    require(hits.size() == std::min(k, index.size()));
    std::set<std::uint64_t> ids;
    for (const auto& hit : hits) require(ids.insert(hit.id).second && index.contains(hit.id));
  }
}

void use(Index index, OpenMode mode, const std::filesystem::path& copy, bool saves) {
  if (index.dimensions() > 4096) return;
  Matrix queries(2, index.dimensions());
  if (index.dimensions() > 0) queries.row(1)[0] = 1;
  const auto odd = kindred::IdFilter::where([](std::uint64_t id) { return id % 2 == 1; });
  if (const auto found = index.search(queries, 3); succeeded(found)) check(index, *found, 3, mode);
  if (const auto found = index.search(queries, {.k = 2, .filter = &odd}); succeeded(found))
    for (const auto& hit : found->hits) require(hit.id % 2 == 1);
  const std::vector<std::uint64_t> some = {0, 1};
  static_cast<void>(succeeded(index.vectors(some)));
  static_cast<void>(succeeded(index.search_by_id(some, {.k = 2})));
  static_cast<void>(succeeded(index.tune(0.9, 2)));
  if (mode == OpenMode::map) {
    require(!succeeded(index.remove(some)));
    return;
  }
  if (index.dimensions() > 0) {
    require(succeeded(index.add(queries, some)));
    require(index.contains(0) && index.contains(1));
  }
  const std::size_t before = index.size();
  require(succeeded(index.remove(std::span(some).first(1))));
  require(!index.contains(0) && index.size() <= before);
  if (const auto found = index.search(queries, 3); succeeded(found)) check(index, *found, 3, mode);
  if (!saves) return;
  require(succeeded(index.save(copy)));
  const auto again = Index::open(copy, OpenMode::load);
  require(succeeded(again) && again->size() == index.size());
}

void run(std::span<const std::byte> file) {
  // Written anew each time, which only this process reads.
  static const auto path = std::filesystem::temp_directory_path() /
                           ("kindred-fuzz-" + std::to_string(::getpid()) + ".index");
  const auto copy = path.string() + ".copy";
  // Saving waits for the disk: a few of the inputs will do.
  const bool saves = kindred::base::checksum(file) % 16 == 0;
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  for (const auto mode : {OpenMode::map, OpenMode::load})
    if (auto index = Index::open(path, mode); succeeded(index))
      use(std::move(*index), mode, copy, saves);
  std::filesystem::remove(path);
  std::filesystem::remove(copy);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> file(size);
  if (size > 0) std::memcpy(file.data(), data, size);
  run(file);
  seal(file);
  run(file);
  return 0;
}
