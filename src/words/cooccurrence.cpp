#include "words/cooccurrence.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/file_system.h"
#include "base/random.h"
#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "words/corpus.h"

namespace kindred::words {
namespace {

/// Where a pair is counted: its tile, then its place in it.
using Key = std::uint64_t;
constexpr int kBlockBits = std::countr_zero(kBlock);
constexpr int kTileBits = 2 * kBlockBits;
/// Blocks of frequent words whose tiles are arrays, at most: 36 tiles, 72 MiB for each thread.
constexpr std::size_t kDenseBlocks = 8;

constexpr std::uint64_t tile_number(std::uint64_t row_block, std::uint64_t column_block) {
  return column_block * (column_block + 1) / 2 + row_block;
}
constexpr std::size_t tiles_of(std::size_t blocks) { return blocks * (blocks + 1) / 2; }

Key key_of(std::uint32_t a, std::uint32_t b) {
  const std::uint64_t row = std::min(a, b);
  const std::uint64_t column = std::max(a, b);
  return tile_number(row / kBlock, column / kBlock) << kTileBits | (row % kBlock) << kBlockBits |
         (column % kBlock);
}

struct Count {
  Key key = 0;
  std::uint64_t weight = 0;  // of 2^-32
};

/// A file that is gone when nobody needs it any more.
class TemporaryFile {
 public:
  static Result<TemporaryFile> create() {
    static std::atomic<unsigned> number = 0;
    TemporaryFile file;
    std::error_code problem;
    const auto folder = std::filesystem::temp_directory_path(problem);
    if (problem)
      return fail(ErrorCode::io,
                  fmt::format("no folder for temporary files: {}", problem.message()));
    file.path_ = folder / fmt::format("kindred-pairs-{}-{}", ::getpid(), number++);
    file.file_ = KINDRED_TRY(base::real_file_system().create(file.path_));
    return file;
  }
  TemporaryFile(TemporaryFile&& other) noexcept
      : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }

  base::WritableFile& file() { return *file_; }
  /// Nothing is written to it any more.
  Result<base::MappedFile> map() && {
    KINDRED_TRY(file_->sync());
    file_.reset();
    return base::MappedFile::open(path_);
  }

 private:
  TemporaryFile() = default;
  std::filesystem::path path_;
  std::unique_ptr<base::WritableFile> file_;
};

template <typename T>
std::span<const T> values_of(const base::MappedFile& file) {
  return {reinterpret_cast<const T*>(file.bytes().data()), file.bytes().size() / sizeof(T)};
}

/// What one thread counts.
class Counter {
 public:
  /// most: bytes of the table, about.
  Counter(std::size_t dense_tiles, std::size_t most)
      : dense_(dense_tiles << kTileBits),
        most_(std::max(std::bit_floor(most / sizeof(Count)), kFirst)),
        table_(kFirst) {}

  void add(Key key, std::uint64_t weight) {
    if (key < dense_.size()) {
      dense_[key] += weight;
      return;
    }
    // The place in the table is asked for now and looked at a while later.
    settle(std::exchange(waiting_[next_], {key, weight}));
    __builtin_prefetch(&table_[place_of(key)], 1);
    next_ = (next_ + 1) % waiting_.size();
  }

  /// What went wrong since, if anything.
  Result<void> failure() { return std::exchange(failure_, {}); }

  /// After the last add(): all counts that are not in arrays lie sorted, in memory or in files.
  void finish() {
    for (Count& late : waiting_) settle(std::exchange(late, {}));
    sort_table();
  }

  std::span<const std::uint64_t> dense() const { return dense_; }
  /// Sorted by key, each of them.
  std::vector<std::span<const Count>> runs() const {
    std::vector<std::span<const Count>> runs;
    for (const auto& file : files_) runs.push_back(values_of<Count>(file));
    runs.emplace_back(table_);
    return runs;
  }

 private:
  static constexpr std::size_t kFirst = std::size_t{1} << 16;  // places of the table

  std::size_t place_of(Key key) const {
    return (key * 0x9E3779B97F4A7C15) >> (64 - std::countr_zero(table_.size()));
  }

  void settle(const Count& count) {
    if (count.weight == 0) return;
    const std::size_t mask = table_.size() - 1;
    std::size_t place = place_of(count.key);
    while (table_[place].weight > 0 && table_[place].key != count.key) place = (place + 1) & mask;
    if (table_[place].weight == 0 && ++used_ > table_.size() / 5 * 3) {
      make_room();
      settle(count);
      return;
    }
    table_[place].key = count.key;
    table_[place].weight += count.weight;
  }

  void make_room() {
    if (table_.size() == most_) {
      auto done = spill();
      if (!done && failure_) failure_ = std::move(done);
      return;
    }
    const std::vector<Count> before = std::exchange(table_, std::vector<Count>(2 * table_.size()));
    used_ = 0;
    for (const Count& count : before) settle(count);
  }

  void sort_table() {
    std::erase_if(table_, [](const Count& count) { return count.weight == 0; });
    std::ranges::sort(table_, {}, &Count::key);
  }

  /// Where it fails, what was counted is lost, and so is the whole count.
  Result<void> spill() {
    sort_table();
    const std::vector<Count> sorted = std::exchange(table_, std::vector<Count>(most_));
    used_ = 0;
    auto file = KINDRED_TRY(TemporaryFile::create());
    KINDRED_TRY(file.file().write(std::as_bytes(std::span(sorted))));
    files_.push_back(KINDRED_TRY(std::move(file).map()));
    return {};
  }

  std::vector<std::uint64_t> dense_;
  std::size_t most_;
  std::vector<Count> table_;  // open addressing; a weight of 0: nothing there
  std::size_t used_ = 0;
  std::array<Count, 32> waiting_{};
  std::size_t next_ = 0;
  std::vector<base::MappedFile> files_;
  Result<void> failure_;
};

/// What all threads see.
struct Counting {
  CorpusReader reader;
  const Vocabulary& vocabulary;
  const CooccurrenceOptions& options;
  const Progress& progress;
  std::vector<std::uint64_t> weights;  // by distance
  std::mutex mutex;                    // of the next three
  std::uint64_t words = 0;
  Result<void> result;
  std::atomic<bool> stopped = false;

  void stop(Error error) {
    const std::lock_guard lock(mutex);
    if (!stopped.exchange(true)) result = std::unexpected(std::move(error));
  }
};

Result<void> count_blocks(Counting& counting, Counter& counter) {
  std::string text;
  std::vector<std::uint32_t> sentence;
  while (!counting.stopped) {
    if (!KINDRED_TRY(counting.reader.next(text))) break;
    std::uint64_t words = 0;
    const auto add = [&](std::string_view word) {
      ++words;
      const auto id = counting.vocabulary.find(word);
      if (!id) return;
      const std::size_t nearest = sentence.size();
      for (std::size_t d = 1; d <= std::min(counting.options.window, nearest); ++d)
        counter.add(key_of(*id, sentence[nearest - d]), counting.weights[d]);
      sentence.push_back(*id);
    };
    const auto end_line = [&] { sentence.clear(); };
    for_words(text, add, end_line);
    end_line();
    KINDRED_TRY(counter.failure());
    const std::lock_guard lock(counting.mutex);
    counting.words += words;
    if (counting.progress && !counting.stopped &&
        !counting.progress({.done = std::min(counting.words, counting.vocabulary.corpus_words()),
                            .total = counting.vocabulary.corpus_words()}))
      return fail(ErrorCode::cancelled, "stopped while pairs of words were counted");
  }
  counter.finish();
  return counter.failure();
}

/// The pairs of one tile, from everything that was counted.
class TileGatherer {
 public:
  explicit TileGatherer(const std::vector<std::unique_ptr<Counter>>& counters) {
    for (const auto& counter : counters) {
      dense_.push_back(counter->dense());
      for (const auto run : counter->runs()) runs_.push_back(run);
    }
  }

  /// Tiles are asked for in the order of their numbers.
  std::vector<Pair> take(std::uint64_t tile, std::uint64_t seed) {
    counts_.clear();
    for (std::uint64_t place = 0; place < std::uint64_t{1} << kTileBits; ++place) {
      const Key key = tile << kTileBits | place;
      if (key >= dense_[0].size()) break;
      std::uint64_t weight = 0;
      for (const auto& dense : dense_) weight += dense[key];
      if (weight > 0) counts_.push_back({key, weight});
    }
    for (auto& run : runs_) {
      const auto end = std::ranges::lower_bound(run, (tile + 1) << kTileBits, {}, &Count::key);
      counts_.insert(counts_.end(), run.begin(), end);
      run = {end, run.end()};
    }
    if (runs_.size() > 1) std::ranges::sort(counts_, {}, &Count::key);
    return shuffled(seed + tile);
  }

 private:
  std::vector<Pair> shuffled(std::uint64_t seed) const {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < counts_.size();) {
      const Key key = counts_[i].key;
      std::uint64_t weight = 0;
      for (; i < counts_.size() && counts_[i].key == key; ++i) weight += counts_[i].weight;
      pairs.push_back({.row = static_cast<std::uint16_t>((key >> kBlockBits) % kBlock),
                       .column = static_cast<std::uint16_t>(key % kBlock),
                       .weight = static_cast<float>(static_cast<double>(weight) * 0x1p-32)});
    }
    base::Random random(seed);
    for (std::size_t i = pairs.size(); i > 1; --i) std::swap(pairs[i - 1], pairs[random.below(i)]);
    return pairs;
  }

  std::vector<std::span<const std::uint64_t>> dense_;
  std::vector<std::span<const Count>> runs_;  // what is left of them
  std::vector<Count> counts_;
};

}  // namespace

std::span<const Pair> Cooccurrences::pairs(const Tile& tile) const {
  return values_of<Pair>(file_).subspan(tile.first, tile.count);
}

Result<Cooccurrences> Cooccurrences::count(std::span<const std::filesystem::path> files,
                                           const Vocabulary& vocabulary,
                                           const CooccurrenceOptions& options,
                                           const Progress& progress) {
  Counting counting{.reader = CorpusReader({files.begin(), files.end()}),
                    .vocabulary = vocabulary,
                    .options = options,
                    .progress = progress,
                    .weights = {0}};
  for (std::size_t d = 1; d <= options.window; ++d)
    counting.weights.push_back((std::uint64_t{1} << 32) / d);
  const std::size_t blocks = (vocabulary.size() + kBlock - 1) / kBlock;
  const std::size_t dense = tiles_of(std::min(blocks, kDenseBlocks));
  const std::size_t arrays = (dense << kTileBits) * sizeof(std::uint64_t);
  // Each thread has arrays and a table of its own, which for a moment is there twice.
  const std::size_t thread_count =
      std::clamp<std::size_t>(options.memory / (2 * arrays), 1, threads());
  const std::size_t share = options.memory / thread_count;
  const std::size_t table = (share - std::min(share, arrays)) / 2;
  std::vector<std::unique_ptr<Counter>> counters(thread_count);
  for (auto& counter : counters) counter = std::make_unique<Counter>(dense, table);
  base::parallel_for(
      thread_count,
      [&](std::size_t item, std::size_t) {
        auto done = count_blocks(counting, *counters[item]);
        if (!done) counting.stop(std::move(done.error()));
      },
      thread_count);
  KINDRED_TRY(std::move(counting.result));

  Cooccurrences counted;
  auto file = KINDRED_TRY(TemporaryFile::create());
  TileGatherer gatherer(counters);
  for (std::uint32_t column = 0; column < blocks; ++column)
    for (std::uint32_t row = 0; row <= column; ++row) {
      const auto pairs = gatherer.take(tile_number(row, column), options.seed);
      if (pairs.empty()) continue;
      counted.tiles_.push_back({.row_block = row,
                                .column_block = column,
                                .first = counted.size(),
                                .count = pairs.size()});
      KINDRED_TRY(file.file().write(std::as_bytes(std::span(pairs))));
    }
  counted.file_ = KINDRED_TRY(std::move(file).map());
  return counted;
}

}  // namespace kindred::words
