/// kindred rerank: texts in the order in which they answer a question.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "command.h"
#include "kindred/multi_vector_embedder.h"
#include "kindred/reranker.h"
#include "kindred/threads.h"
#include "model_folder.h"
#include "one_line.h"
#include "progress_bar.h"
#include "texts_input.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  TextsInput input;
  std::string query;
  std::size_t top = 0;
  std::size_t label = 0;
  bool logits = false;
  bool json = false;
  std::size_t threads = 0;
};

/// What came of the texts.
struct Scores {
  std::vector<float> of_texts;
  std::ptrdiff_t truncated = 0;
  std::size_t max_tokens = 0;
};

Result<Scores> score_pairs(const Options& options, const std::filesystem::path& folder,
                           const std::vector<std::string>& texts, const Progress& progress) {
  const Reranker reranker = KINDRED_TRY(Reranker::open(folder));
  if (options.label >= reranker.labels())
    return fail(ErrorCode::invalid_argument, fmt::format("label {} is asked for, the model has {}",
                                                         options.label, reranker.labels()));
  const auto result = KINDRED_TRY(reranker.score(options.query, views_of(texts),
                                                 {.logits = options.logits, .progress = progress}));
  Scores scores{.truncated = std::ranges::count(result.truncated, std::uint8_t{1}),
                .max_tokens = reranker.max_tokens()};
  for (std::size_t text = 0; text < texts.size(); ++text)
    scores.of_texts.push_back(result.scores.row(text)[options.label]);
  return scores;
}

Result<Scores> score_by_tokens(const Options& options, const std::filesystem::path& folder,
                               const std::vector<std::string>& texts, const Progress& progress) {
  const auto embedder = KINDRED_TRY(MultiVectorEmbedder::open(folder));
  if (options.label > 0 || options.logits)
    return fail(ErrorCode::invalid_argument,
                "--label and --logits are for cross-encoders, this model compares tokens");
  const std::string_view query = options.query;
  const auto queries = KINDRED_TRY(embedder.embed({&query, 1}, TextRole::query));
  const auto documents = KINDRED_TRY(embedder.embed(views_of(texts), TextRole::document, progress));
  Scores scores{.truncated = std::ranges::count(documents.truncated, std::uint8_t{1}),
                .max_tokens = embedder.max_tokens(TextRole::document)};
  for (std::size_t text = 0; text < texts.size(); ++text)
    scores.of_texts.push_back(embedder.similarity(queries.of(0), documents.of(text)));
  return scores;
}

Result<void> rerank(const Options& options) {
  set_threads(options.threads);
  const auto folder = KINDRED_TRY(model_folder(options.model));
  const auto texts = KINDRED_TRY(read_texts(options.input));
  ProgressBar bar("texts");
  const auto score = MultiVectorEmbedder::recognizes(folder) ? score_by_tokens : score_pairs;
  const Scores scores = KINDRED_TRY(score(options, folder, texts, bar.progress()));
  bar.finish();

  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(),
                           [&](std::size_t text) { return scores.of_texts[text]; });
  if (options.top > 0) order.resize(std::min(order.size(), options.top));
  for (const std::size_t text : order) {
    if (options.json) {
      const nlohmann::ordered_json line = {
          {"index", text}, {"score", scores.of_texts[text]}, {"text", texts[text]}};
      fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      fmt::print("{:.4f}\t{}\n", scores.of_texts[text], one_line(texts[text]));
    }
  }
  if (scores.truncated != 0)
    fmt::print(stderr, "kindred: {} texts are longer than the model's {} tokens and were cut\n",
               scores.truncated, scores.max_tokens);
  return {};
}

}  // namespace

void add_rerank(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand(
      "rerank",
      "Texts in the order in which they answer a question, with a cross-encoder or a ColBERT");
  auto options = std::make_shared<Options>();
  add_model_options(*command, options->model);
  command->add_option("--query", options->query, "The question")->required()->type_name("QUERY");
  add_texts_options(*command, options->input);
  command->add_option("--top", options->top, "How many to print (0: all)")->capture_default_str();
  command->add_option("--label", options->label, "Of several labels, the one to order by")
      ->capture_default_str();
  command->add_flag("--logits", options->logits, "What the model gives, without its activation");
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print a JSON object a line: index, score, text");
  command->footer(
      "Example:\n"
      "  kindred rerank --model ms-marco-MiniLM-L6-v2 --query 'how do birds sleep' --input "
      "passages.txt --top 10");
  command->callback([options, &action] { action = [options] { return rerank(*options); }; });
}

}  // namespace kindred::cli
