/// kindred similarity: how close texts are in meaning.
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "command.h"
#include "kindred/embedder.h"
#include "kindred/threads.h"
#include "model_folder.h"
#include "texts_input.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  std::vector<std::string> texts;
  bool json = false;
  std::size_t threads = 0;
};

double cosine(std::span<const float> a, std::span<const float> b) {
  const double lengths = std::sqrt(std::inner_product(a.begin(), a.end(), a.begin(), 0.0)) *
                         std::sqrt(std::inner_product(b.begin(), b.end(), b.begin(), 0.0));
  return lengths == 0 ? 0 : std::inner_product(a.begin(), a.end(), b.begin(), 0.0) / lengths;
}

Result<void> similarity(const Options& options) {
  set_threads(options.threads);
  const auto folder = KINDRED_TRY(model_folder(options.model));
  const Embedder embedder = KINDRED_TRY(Embedder::open(folder));
  for (const std::string& note : embedder.notes()) fmt::print(stderr, "kindred: {}\n", note);
  const auto result = KINDRED_TRY(embedder.embed(views_of(options.texts)));

  std::vector<std::vector<double>> matrix(options.texts.size());
  for (std::size_t i = 0; i < matrix.size(); ++i)
    for (std::size_t j = 0; j < matrix.size(); ++j)
      matrix[i].push_back(cosine(result.vectors.row(i), result.vectors.row(j)));

  if (options.json) {
    const nlohmann::json output = {{"texts", options.texts}, {"similarity", matrix}};
    fmt::print("{}\n", output.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return {};
  }
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    for (const double value : matrix[i]) fmt::print("{:7.4f}", value);
    fmt::print("  {}\n", options.texts[i]);
  }
  return {};
}

}  // namespace

void add_similarity(CLI::App& program, Action& action) {
  auto* command =
      program.add_subcommand("similarity", "The matrix of cosine similarities of some texts");
  auto options = std::make_shared<Options>();
  add_model_options(*command, options->model);
  command->add_option("texts", options->texts, "Texts to compare")
      ->required()
      ->expected(2, -1)
      ->type_name("TEXT");
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON: the texts and the matrix");
  command->footer(
      "Example:\n"
      "  kindred similarity --model all-MiniLM-L6-v2 'a cat on a mat' 'the kitten sat down' "
      "'interest rates rise'");
  command->callback([options, &action] { action = [options] { return similarity(*options); }; });
}

}  // namespace kindred::cli
