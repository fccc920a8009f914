#include "words/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "words/corpus.h"

namespace kindred::words {
namespace {

/// What one thread has counted.
struct Counted {
  WordTable table;
  Result<void> result;
};

void count_blocks(CorpusReader& reader, const Progress& progress, std::uint64_t total,
                  std::mutex& mutex, std::atomic<bool>& stopped, Counted& counted) {
  std::string text;
  while (!stopped) {
    const auto block = reader.next(text);
    if (!block) {
      counted.result = std::unexpected(block.error());
      stopped = true;
      return;
    }
    if (!*block) return;
    for_words(text, [&](std::string_view word) { counted.table.add(word); }, [] {});
    if (!progress) continue;
    const std::lock_guard lock(mutex);
    if (!stopped && !progress({.done = reader.bytes_read(), .total = total})) {
      counted.result = fail(ErrorCode::cancelled, "stopped while words were counted");
      stopped = true;
    }
  }
}

}  // namespace

Result<Vocabulary> Vocabulary::count(std::span<const std::filesystem::path> files,
                                     std::uint64_t min_count, const Progress& progress) {
  CorpusReader reader({files.begin(), files.end()});
  std::uint64_t total = 0;
  for (const auto& file : files) total += files::size_on_disk(file);
  std::vector<Counted> counted(threads());
  std::mutex mutex;
  std::atomic<bool> stopped = false;
  base::parallel_for(
      counted.size(),
      [&](std::size_t item, std::size_t) {
        count_blocks(reader, progress, total, mutex, stopped, counted[item]);
      },
      counted.size());
  for (Counted& one : counted) KINDRED_TRY(std::move(one.result));
  WordTable& all = counted[0].table;
  for (std::size_t i = 1; i < counted.size(); ++i) {
    const WordTable& other = counted[i].table;
    for (std::size_t id = 0; id < other.size(); ++id) all.add(other.word(id), other.count(id));
    counted[i].table = {};
  }

  Vocabulary vocabulary;
  for (const std::uint64_t one : all.counts()) vocabulary.corpus_words_ += one;
  vocabulary.set(all, min_count);
  if (vocabulary.size() == 0)
    return fail(ErrorCode::invalid_argument,
                vocabulary.corpus_words_ == 0
                    ? "there is no word in the text"
                    : fmt::format("no word comes {} times in the text", min_count));
  return vocabulary;
}

void Vocabulary::set(const WordTable& counted, std::uint64_t min_count) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t id = 0; id < counted.size(); ++id)
    if (counted.count(id) >= min_count) order.push_back(id);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    if (counted.count(a) != counted.count(b)) return counted.count(a) > counted.count(b);
    return counted.word(a) < counted.word(b);
  });
  for (const std::uint32_t id : order) {
    table_.add(counted.word(id), counted.count(id));
    known_words_ += counted.count(id);
  }
}

Vocabulary Vocabulary::joined(const WordTable& model, std::uint64_t min_count) const {
  WordTable all;
  for (std::size_t id = 0; id < model.size(); ++id) all.add(model.word(id), model.count(id));
  for (std::size_t id = 0; id < size(); ++id)
    if (model.find(word(id)) || count(id) >= min_count) all.add(word(id), count(id));
  Vocabulary both;
  both.corpus_words_ = corpus_words_;
  both.set(all, 0);
  return both;
}

}  // namespace kindred::words
