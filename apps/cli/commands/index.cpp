/// kindred index: exact nearest vectors, from and to files.
#include "kindred/index.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "quantities.h"

namespace kindred::cli {
namespace {

struct BuildOptions {
  std::filesystem::path vectors, output, ids;
  std::string metric = "cosine";
  std::string type = "flat";
  std::size_t threads = 0;
};

struct SearchOptions {
  std::filesystem::path index, queries, output_ids, output_scores;
  std::size_t k = 10;
  std::size_t threads = 0;
  bool json = false;
};

struct ShowOptions {
  std::filesystem::path index;
  bool json = false;
};

Result<void> build(const BuildOptions& options) {
  set_threads(options.threads);
  const Metric metric = KINDRED_TRY(parse_metric(options.metric));
  const Matrix vectors = KINDRED_TRY(read_vectors(options.vectors));
  std::vector<std::uint64_t> ids;
  if (!options.ids.empty()) {
    ids = KINDRED_TRY(read_ids(options.ids));
    if (ids.size() != vectors.rows())
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: {} ids for the {} vectors of {}", options.ids.string(),
                              ids.size(), vectors.rows(), options.vectors.string()));
  }
  auto index = Index::build(vectors, ids, {.metric = metric});
  if (!index.has_value())
    return fail(index.error().code,
                fmt::format("{}: {}", options.vectors.string(), index.error().message));
  KINDRED_TRY(index->save(options.output));
  fmt::print(stderr, "kindred: {} vectors of {} dimensions, {}, in {}\n",
             with_thousands(index->size()), index->dimensions(), name_of(metric),
             options.output.string());
  return {};
}

void print_hits(const Hits& hits) {
  for (std::size_t query = 0; query < hits.queries(); ++query) {
    fmt::print("query {}\n", query);
    for (const Hit& hit : hits.of(query)) fmt::print("{:14.6f}  {}\n", hit.score, hit.id);
  }
}

Result<void> search(const SearchOptions& options) {
  set_threads(options.threads);
  const Index index = KINDRED_TRY(Index::open(options.index));
  const Matrix queries = KINDRED_TRY(read_vectors(options.queries));
  const auto start = std::chrono::steady_clock::now();
  const auto found = index.search(queries, options.k);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (!found.has_value())
    return fail(found.error().code, fmt::format("{} in {}: {}", options.queries.string(),
                                                options.index.string(), found.error().message));

  if (!options.output_ids.empty()) {
    std::vector<std::uint64_t> ids;
    ids.reserve(found->hits.size());
    for (const Hit& hit : found->hits) ids.push_back(hit.id);
    KINDRED_TRY(write_ids(options.output_ids, ids, found->k));
  }
  if (!options.output_scores.empty()) {
    Matrix scores(found->queries(), found->k);
    for (std::size_t i = 0; i < found->hits.size(); ++i) scores.data()[i] = found->hits[i].score;
    KINDRED_TRY(write_vectors(options.output_scores, scores));
  }
  if (options.json) {
    const nlohmann::json output = {
        {"queries", queries.rows()},
        {"k", found->k},
        {"seconds", seconds.count()},
        {"queries_per_second",
         seconds.count() > 0 ? static_cast<double>(queries.rows()) / seconds.count() : 0.0}};
    fmt::print("{}\n", output.dump());
  } else if (options.output_ids.empty() && options.output_scores.empty()) {
    print_hits(*found);
  }
  return {};
}

Result<void> show(const ShowOptions& options) {
  const Index index = KINDRED_TRY(Index::open(options.index));
  if (options.json) {
    const nlohmann::json output = {{"type", index.type()},
                                   {"metric", name_of(index.metric())},
                                   {"vectors", index.size()},
                                   {"dimensions", index.dimensions()}};
    fmt::print("{}\n", output.dump());
    return {};
  }
  fmt::print("type        {}\nmetric      {}\nvectors     {}\ndimensions  {}\n", index.type(),
             name_of(index.metric()), with_thousands(index.size()), index.dimensions());
  return {};
}

void declare_threads(CLI::App& command, std::size_t& threads) {
  command.add_option("--threads", threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
}

void declare_build(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("build", "Make an index of the vectors in a file");
  auto options = std::make_shared<BuildOptions>();
  command->add_option("--vectors", options->vectors, "float32 vectors, one a row (.npy)")
      ->required()
      ->type_name("FILE");
  command->add_option("--output", options->output, "The index file to write")
      ->required()
      ->type_name("FILE");
  command->add_option("--metric", options->metric, "How vectors compare: " + metric_names())
      ->check([](const std::string& name) {
        const auto metric = parse_metric(name);
        return metric.has_value() ? std::string() : metric.error().message;
      })
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--type", options->type, "The type of index: flat (exact)")
      ->check(CLI::IsMember({"flat"}))
      ->type_name("TYPE")
      ->capture_default_str();
  command->add_option("--ids", options->ids, "An id for each vector (.npy); else 0, 1, 2, ...")
      ->type_name("FILE");
  declare_threads(*command, options->threads);
  command->footer(
      "Example:\n"
      "  kindred index build --vectors news.npy --output news.index --metric cosine");
  command->callback([options, &action] { action = [options] { return build(*options); }; });
}

void declare_search(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("search", "The nearest vectors of each query");
  auto options = std::make_shared<SearchOptions>();
  command->add_option("--index", options->index, "An index file")->required()->type_name("FILE");
  command->add_option("--queries", options->queries, "float32 vectors, one a row (.npy)")
      ->required()
      ->type_name("FILE");
  command->add_option("--k", options->k, "Hits for each query")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--output-ids", options->output_ids, "Write the ids, queries x k (.npy)")
      ->type_name("FILE");
  command
      ->add_option("--output-scores", options->output_scores,
                   "Write the scores, queries x k (.npy)")
      ->type_name("FILE");
  declare_threads(*command, options->threads);
  command->add_flag("--json", options->json,
                    "Print JSON: queries, k, seconds of the search alone, queries_per_second");
  command->footer(
      "Hits are printed, best first, where neither --json nor an output is given.\n"
      "Examples:\n"
      "  kindred index search --index news.index --queries questions.npy --k 3\n"
      "  kindred index search --index news.index --queries questions.npy --output-ids ids.npy "
      "--output-scores scores.npy --json");
  command->callback([options, &action] { action = [options] { return search(*options); }; });
}

void declare_show(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("show", "What an index file holds");
  auto options = std::make_shared<ShowOptions>();
  command->add_option("--index", options->index, "An index file")->required()->type_name("FILE");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Example:\n  kindred index show --index news.index");
  command->callback([options, &action] { action = [options] { return show(*options); }; });
}

}  // namespace

void add_index(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("index", "Nearest vectors, from and to files");
  command->require_subcommand(1);
  declare_build(*command, action);
  declare_search(*command, action);
  declare_show(*command, action);
}

}  // namespace kindred::cli
