#include "tokenize_count.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "progress_bar.h"

namespace kindred::cli {
namespace {

/// Bytes of text that are tokenized at once: enough for every thread, and few enough that their
/// tokens take little memory.
constexpr std::size_t kBytesAtOnce = std::size_t{4} << 20;

struct Count {
  std::string name;
  std::uint64_t texts = 0;
  std::uint64_t bytes = 0;  ///< of the texts: without the ends of lines
  std::uint64_t tokens = 0;
};

/// Texts one after the other in one block of memory, counted once they are many.
class Counter {
 public:
  Counter(const Tokenizer& tokenizer, bool special_tokens, Count& count)
      : tokenizer_(tokenizer), special_tokens_(special_tokens), count_(count) {}

  Result<void> add(std::string_view text) {
    bytes_ += text;
    ends_.push_back(bytes_.size());
    // An empty text weighs too: a file may have nothing but ends of lines.
    if (bytes_.size() + ends_.size() < kBytesAtOnce) return {};
    return finish();
  }

  /// Counts what was added since the last time.
  Result<void> finish() {
    std::vector<std::string_view> texts;
    texts.reserve(ends_.size());
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      texts.push_back(std::string_view(bytes_).substr(begin, end - begin));
      begin = end;
    }
    const auto batch = KINDRED_TRY(tokenizer_.tokenize(texts, {.special_tokens = special_tokens_}));
    count_.texts += texts.size();
    count_.bytes += bytes_.size();
    count_.tokens += batch.ids.size();
    bytes_.clear();
    ends_.clear();
    return {};
  }

 private:
  const Tokenizer& tokenizer_;
  bool special_tokens_;
  Count& count_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

/// Of all files, 0 where one of them (a pipe, say) doesn't tell.
std::uint64_t bytes_of(const std::vector<std::string>& paths) {
  std::uint64_t bytes = 0;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return 0;
    const auto size = std::filesystem::file_size(path, error);
    if (error) return 0;
    bytes += size;
  }
  return bytes;
}

nlohmann::ordered_json described(const Count& count) {
  return {{"texts", count.texts}, {"bytes", count.bytes}, {"tokens", count.tokens}};
}

void print_json(const std::vector<Count>& counts, const Count& total) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const Count& count : counts) {
    nlohmann::ordered_json file = {{"file", count.name}};
    file.update(described(count));
    files.push_back(file);
  }
  nlohmann::ordered_json all = described(total);
  all["files"] = files;
  fmt::print("{}\n", all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_table(const std::vector<Count>& counts, const Count& total) {
  const std::size_t width = fmt::formatted_size("{}", total.tokens);
  for (const Count& count : counts) fmt::print("{:>{}} {}\n", count.tokens, width, count.name);
  if (counts.size() > 1) fmt::print("{:>{}} {}\n", total.tokens, width, total.name);
}

}  // namespace

Result<void> count_tokens(const Tokenizer& tokenizer, const CountOptions& options) {
  ProgressBar bar("bytes");
  const Progress progress = bar.progress();
  const std::uint64_t all_bytes = bytes_of(options.input.paths);
  std::uint64_t bytes_before = 0;  // of the files that are done
  std::vector<Count> counts;
  Count total{.name = "total"};
  for (const std::string& path : options.input.paths) {
    Count count{.name = path};
    Counter counter(tokenizer, options.special_tokens, count);
    std::uint64_t bytes_here = 0;
    KINDRED_TRY(for_each_text(
        options.input, path, [&](std::string_view text, std::uint64_t bytes_read) -> Result<void> {
          bytes_here = bytes_read;
          if (!progress({.done = bytes_before + bytes_read, .total = all_bytes}))
            return fail(ErrorCode::cancelled, "counting was stopped");
          return counter.add(text);
        }));
    KINDRED_TRY(counter.finish());
    bytes_before += bytes_here;
    total.texts += count.texts;
    total.bytes += count.bytes;
    total.tokens += count.tokens;
    counts.push_back(count);
  }
  bar.finish();
  if (options.json) {
    print_json(counts, total);
  } else {
    print_table(counts, total);
  }
  return {};
}

}  // namespace kindred::cli
