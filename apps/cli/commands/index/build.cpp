/// kindred index build: an index file of the vectors in a file.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "commands/index/parts.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"

namespace kindred::cli {
namespace {

struct BuildOptions {
  std::filesystem::path vectors, output, ids;
  std::string metric = "cosine";
  std::string type = "flat";
  std::optional<std::uint64_t> seed;
  std::size_t threads = 0;
};

Result<void> build(const BuildOptions& options) {
  set_threads(options.threads);
  const Metric metric = KINDRED_TRY(parse_metric(options.metric));
  IndexOptions wanted = KINDRED_TRY(parse_index_type(options.type, metric));
  if (options.seed.has_value()) wanted.seed = *options.seed;
  const Matrix vectors = KINDRED_TRY(read_vectors(options.vectors));
  const auto ids = KINDRED_TRY(read_ids_of(options.ids, options.vectors, vectors.rows()));
  const Stopwatch watch;
  const Index index = KINDRED_TRY(at(options.vectors, Index::build(vectors, ids, wanted)));
  const double seconds = watch.seconds();
  KINDRED_TRY(index.save(options.output));
  fmt::print(stderr, "kindred: {}, in {}; built in {:.1f} s\n", summary_of(index),
             options.output.string(), seconds);
  return {};
}

}  // namespace

void add_index_build(CLI::App& parent, Action& action) {
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
  command
      ->add_option("--type", options->type,
                   "The type of index and its settings, between commas: flat (exact) or hnsw (a "
                   "graph: fast, nearly exact); rows=f32, f16 or u8 for both")
      ->check([](const std::string& type) {
        const auto parsed = parse_index_type(type);
        return parsed.has_value() ? std::string() : parsed.error().message;
      })
      ->type_name("TYPE")
      ->capture_default_str();
  command->add_option("--ids", options->ids, "An id for each vector (.npy); else 0, 1, 2, ...")
      ->type_name("FILE");
  command->add_option("--seed", options->seed, "Of the random choices of hnsw")->type_name("N");
  declare_threads(*command, options->threads);
  command->footer(
      "Examples:\n"
      "  kindred index build --vectors news.npy --output news.index --metric cosine\n"
      "  kindred index build --vectors news.npy --output news.index --type hnsw\n"
      "  kindred index build --vectors news.npy --output news.index "
      "--type hnsw,m=24,ef_construction=300,rows=f16 --seed 7");
  command->callback([options, &action] { action = [options] { return build(*options); }; });
}

}  // namespace kindred::cli
