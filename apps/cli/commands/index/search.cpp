/// kindred index search: the nearest vectors of each query, from and to files.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "commands/index/parts.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"

namespace kindred::cli {
namespace {

struct SearchFiles {
  std::filesystem::path index, queries, by_id, allow, exclude, output_ids, output_scores;
  std::size_t k = 10;
  std::size_t ef_search = 0;
  std::optional<float> radius;
  std::size_t threads = 0;
  bool load = false;
  bool json = false;
};

/// Where a query has fewer hits than the arrays have columns.
constexpr auto kNoId = std::numeric_limits<std::uint64_t>::max();
constexpr auto kNoScore = std::numeric_limits<float>::quiet_NaN();

Result<std::optional<IdFilter>> filter_of(const SearchFiles& files) {
  std::optional<IdFilter> filter;
  if (!files.allow.empty()) filter = IdFilter::allow(KINDRED_TRY(read_ids(files.allow)));
  if (!files.exclude.empty()) filter = IdFilter::exclude(KINDRED_TRY(read_ids(files.exclude)));
  return filter;
}

Result<void> write_hits(const SearchFiles& files, const Hits& hits, std::size_t columns) {
  if (!files.output_ids.empty()) {
    std::vector<std::uint64_t> ids(hits.queries() * columns, kNoId);
    for (std::size_t query = 0; query < hits.queries(); ++query)
      std::ranges::transform(hits.of(query),
                             ids.begin() + static_cast<std::ptrdiff_t>(query * columns), &Hit::id);
    KINDRED_TRY(write_ids(files.output_ids, ids, columns));
  }
  if (!files.output_scores.empty()) {
    Matrix scores(hits.queries(), columns);
    std::ranges::fill(scores.values(), kNoScore);
    for (std::size_t query = 0; query < hits.queries(); ++query)
      std::ranges::transform(hits.of(query), scores.row(query).begin(), &Hit::score);
    KINDRED_TRY(write_vectors(files.output_scores, scores));
  }
  return {};
}

void print_hits(const Hits& hits) {
  for (std::size_t query = 0; query < hits.queries(); ++query) {
    fmt::print("query {}\n", query);
    for (const Hit& hit : hits.of(query)) fmt::print("{:14.6f}  {}\n", hit.score, hit.id);
  }
}

Result<void> search(const SearchFiles& files) {
  set_threads(files.threads);
  const Index index =
      KINDRED_TRY(Index::open(files.index, files.load ? OpenMode::load : OpenMode::map));
  const auto filter = KINDRED_TRY(filter_of(files));
  const SearchOptions options{.k = files.k,
                              .ef_search = files.ef_search,
                              .filter = filter.has_value() ? &*filter : nullptr,
                              .radius = files.radius};
  Matrix queries;
  std::vector<std::uint64_t> ids;
  const bool by_id = !files.by_id.empty();
  if (by_id)
    ids = KINDRED_TRY(read_ids(files.by_id));
  else
    queries = KINDRED_TRY(read_vectors(files.queries));
  const Stopwatch watch;
  auto found = by_id ? index.search_by_id(ids, options) : index.search(queries, options);
  const double seconds = watch.seconds();
  const auto place =
      fmt::format("{} in {}", (by_id ? files.by_id : files.queries).string(), files.index.string());
  const Hits hits = KINDRED_TRY(at(place, std::move(found)));

  const std::size_t columns = std::min(files.k, index.size());
  KINDRED_TRY(write_hits(files, hits, columns));
  if (files.json) {
    const nlohmann::json output = {
        {"queries", hits.queries()},
        {"k", columns},
        {"hits", hits.hits.size()},
        {"seconds", seconds},
        {"queries_per_second", seconds > 0 ? static_cast<double>(hits.queries()) / seconds : 0.0}};
    fmt::print("{}\n", output.dump());
  } else if (files.output_ids.empty() && files.output_scores.empty()) {
    print_hits(hits);
  }
  return {};
}

void declare_choice(CLI::App& command, SearchFiles& files) {
  auto* queries = command.add_option_group("queries", "What to search for");
  queries->add_option("--queries", files.queries, "float32 vectors, one a row (.npy)")
      ->type_name("FILE");
  queries
      ->add_option("--by-id", files.by_id,
                   "Ids of vectors that the index holds (.npy): the nearest of each, itself left "
                   "out")
      ->type_name("FILE");
  queries->require_option(1);
  auto* filter = command.add_option_group("filter", "Which vectors may be found");
  filter->add_option("--allow", files.allow, "Only these ids (.npy)")->type_name("FILE");
  filter->add_option("--exclude", files.exclude, "All but these ids (.npy)")->type_name("FILE");
  filter->require_option(0, 1);
}

}  // namespace

void add_index_search(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("search", "The nearest vectors of each query");
  auto files = std::make_shared<SearchFiles>();
  declare_index(*command, files->index);
  declare_choice(*command, *files);
  command->add_option("--k", files->k, "Hits for each query")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--ef-search", files->ef_search,
                   "hnsw: how hard to look (0: as the index was tuned)")
      ->capture_default_str();
  command
      ->add_option("--radius", files->radius,
                   "Only hits whose score is this good or better: at least this similarity, at "
                   "most this distance")
      ->type_name("SCORE");
  command->add_option("--output-ids", files->output_ids, "Write the ids, queries x k (.npy)")
      ->type_name("FILE");
  command
      ->add_option("--output-scores", files->output_scores, "Write the scores, queries x k (.npy)")
      ->type_name("FILE");
  command->add_flag("--load", files->load,
                    "Copy the file into memory first: faster where there are many queries");
  declare_threads(*command, files->threads);
  command->add_flag("--json", files->json,
                    "Print JSON: queries, k, hits, seconds of the search alone, "
                    "queries_per_second");
  command->footer(
      "Hits are printed, best first, where neither --json nor an output is given. Where a query\n"
      "has fewer than k, a row of ids ends with 2^64 - 1, a row of scores with NaN.\n"
      "Examples:\n"
      "  kindred index search --index news.index --queries questions.npy --k 3\n"
      "  kindred index search --index news.index --queries questions.npy --output-ids ids.npy "
      "--output-scores scores.npy --json\n"
      "  kindred index search --index news.index --queries questions.npy --allow this_year.npy "
      "--radius 0.5\n"
      "  kindred index search --index news.index --by-id read.npy --exclude read.npy --k 20");
  command->callback([files, &action] { action = [files] { return search(*files); }; });
}

}  // namespace kindred::cli
