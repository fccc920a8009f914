/// kindred index tune: how hard an index has to look for the recall that one wants.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "commands/index/parts.h"
#include "commands/index/update_lock.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"

namespace kindred::cli {
namespace {

struct TuneOptions {
  std::filesystem::path index, queries;
  double recall = 0.95;
  std::size_t k = 10;
  std::size_t threads = 0;
  bool json = false;
};

Result<void> tune(const TuneOptions& options) {
  set_threads(options.threads);
  Matrix queries;
  if (!options.queries.empty()) queries = KINDRED_TRY(read_vectors(options.queries));
  const auto lock = KINDRED_TRY(UpdateLock::take(options.index));
  Index index = KINDRED_TRY(Index::open(options.index, OpenMode::load));
  const auto& named = options.queries.empty() ? options.index : options.queries;
  const Tuning found = KINDRED_TRY(at(named, index.tune(options.recall, options.k, queries)));
  KINDRED_TRY(index.save(options.index));
  if (options.json) {
    const nlohmann::json output = {
        {"ef_search", found.ef_search}, {"recall", found.recall}, {"k", options.k}};
    fmt::print("{}\n", output.dump());
  } else if (index.type() == IndexType::flat) {
    fmt::print("a flat index is exact: its recall is 1\n");
  } else {
    fmt::print("ef_search {}: {:.4f} of the {} nearest are found\n", found.ef_search, found.recall,
               options.k);
  }
  return {};
}

}  // namespace

void add_index_tune(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand(
      "tune", "Find the smallest ef_search that reaches a recall, and keep it in the file");
  auto options = std::make_shared<TuneOptions>();
  declare_index(*command, options->index);
  command
      ->add_option("--recall", options->recall, "Share of the k nearest that searches shall find")
      ->check([](const std::string& text) {
        double recall = 0;
        return CLI::detail::lexical_cast(text, recall) && recall > 0 && recall <= 1
                   ? std::string()
                   : "\"" + text + "\" is not above 0 and at most 1";
      })
      ->capture_default_str();
  command->add_option("--k", options->k, "Hits for each query")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--queries", options->queries,
                   "Vectors like those that will be searched for (.npy); else a sample of the "
                   "index's own, each without itself")
      ->type_name("FILE");
  declare_threads(*command, options->threads);
  command->add_flag("--json", options->json, "Print JSON: ef_search, recall, k");
  command->footer(
      "Examples:\n"
      "  kindred index tune --index news.index --recall 0.95\n"
      "  kindred index tune --index news.index --recall 0.99 --k 100 --queries questions.npy");
  command->callback([options, &action] { action = [options] { return tune(*options); }; });
}

}  // namespace kindred::cli
