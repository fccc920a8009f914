/// kindred words nearest: the words nearest to one, or to a sum of several.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "commands/words/sum.h"
#include "kindred/index.h"
#include "kindred/threads.h"
#include "kindred/word_vectors.h"
#include "texts_input.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path file;
  std::vector<std::string> expression;
  std::string input;
  std::string index = "flat";
  std::size_t k = 10;
  std::size_t restrict_to = 0;
  std::size_t threads = 0;
  bool json = false;
};

nlohmann::json as_json(const std::vector<WordHit>& hits, const WordVectors& vectors) {
  nlohmann::json output = nlohmann::json::array();
  for (const WordHit& hit : hits)
    output.push_back({{"word", vectors.word(hit.id)}, {"score", hit.score}});
  return output;
}

void print(const nlohmann::json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<void> nearest_to_one(const Options& options, const WordVectors& vectors) {
  const auto sum =
      KINDRED_TRY(parse_sum(fmt::format("{}", fmt::join(options.expression, " ")), vectors));
  const auto hits = vectors.nearest(
      sum.vector, {.k = options.k, .restrict_to = options.restrict_to, .leave_out = sum.words});
  if (options.json) {
    print(as_json(hits, vectors));
    return {};
  }
  for (const WordHit& hit : hits) fmt::print("{:.4f}  {}\n", hit.score, vectors.word(hit.id));
  return {};
}

/// The hits of an index, without the words that were asked with.
std::vector<WordHit> without(std::span<const std::size_t> asked, std::span<const Hit> hits,
                             std::size_t k) {
  std::vector<WordHit> left;
  for (const Hit& hit : hits)
    if (left.size() < k && std::ranges::find(asked, hit.id) == asked.end())
      left.push_back({.id = static_cast<std::size_t>(hit.id), .score = hit.score});
  return left;
}

/// A sum a line; an index answers all of them together.
Result<void> nearest_to_many(const Options& options, const WordVectors& vectors) {
  const std::vector<std::string> lines = KINDRED_TRY(read_texts({.paths = {options.input}}));
  std::vector<Sum> sums;
  std::size_t most_asked = 0;
  Matrix queries(lines.size(), vectors.dimensions());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto sum = parse_sum(lines[i], vectors);
    if (!sum)
      return fail(sum.error().code,
                  fmt::format("{}: line {}: {}", options.input, i + 1, sum.error().message));
    std::ranges::copy(sum->vector, queries.row(i).begin());
    most_asked = std::max(most_asked, sum->words.size());
    sums.push_back(std::move(*sum));
  }
  const auto type = KINDRED_TRY(parse_index_type(options.index));
  const std::size_t rows =
      options.restrict_to == 0 ? vectors.size() : std::min(options.restrict_to, vectors.size());
  const auto index = KINDRED_TRY(Index::build(vectors.vectors().slice(0, rows), {}, type));
  const auto found = KINDRED_TRY(index.search(queries, options.k + most_asked));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto hits = without(sums[i].words, found.of(i), options.k);
    if (options.json) {
      print({{"query", lines[i]}, {"nearest", as_json(hits, vectors)}});
      continue;
    }
    fmt::print("{}", lines[i]);
    for (const WordHit& hit : hits) fmt::print("\t{} {:.4f}", vectors.word(hit.id), hit.score);
    fmt::print("\n");
  }
  return {};
}

Result<void> nearest(const Options& options) {
  if (options.expression.empty() == options.input.empty())
    throw UsageError("words to look for, or --input with a file of them");
  set_threads(options.threads);
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  return options.input.empty() ? nearest_to_one(options, vectors)
                               : nearest_to_many(options, vectors);
}

}  // namespace

void add_words_nearest(CLI::App& words, Action& action) {
  auto* command =
      words.add_subcommand("nearest", "The words nearest to one, or to a sum: king - man + woman");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "File of vectors")->required()->type_name("FILE");
  command
      ->add_option("words", options->expression,
                   "A word, or several with + and - before them; in quotes, so that - is no option")
      ->type_name("WORDS");
  command
      ->add_option("--input", options->input,
                   "Many of them: a word or a sum a line (- is standard input)")
      ->type_name("FILE");
  command
      ->add_option("--index", options->index,
                   "Of --input: flat (exact) or hnsw (a graph: faster for very many)")
      ->check([](const std::string& type) {
        const auto parsed = parse_index_type(type);
        return parsed.has_value() ? std::string() : parsed.error().message;
      })
      ->type_name("TYPE")
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->add_option("-k,--k", options->k, "How many")->capture_default_str();
  command
      ->add_option("--restrict", options->restrict_to,
                   "Only the first so many words of the file, the frequent ones (0: all)")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Examples:\n"
      "  kindred words nearest words.bin river\n"
      "  kindred words nearest words.bin 'king - man + woman'\n"
      "  kindred words nearest words.bin --input words.txt --index hnsw");
  command->callback([options, &action] { action = [options] { return nearest(*options); }; });
}

}  // namespace kindred::cli
