/// kindred fill: what may stand where a text has its mask.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "kindred/masked_language_model.h"
#include "kindred/threads.h"
#include "model_folder.h"
#include "progress_bar.h"
#include "texts_input.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  TextsInput input;
  std::size_t top = 5;
  bool json = false;
  std::size_t threads = 0;
};

Result<void> fill(const Options& options) {
  set_threads(options.threads);
  const auto folder = KINDRED_TRY(model_folder(options.model));
  const auto model = KINDRED_TRY(MaskedLanguageModel::open(folder));
  const auto texts = KINDRED_TRY(read_texts(options.input));
  ProgressBar bar("texts");
  const auto filled = KINDRED_TRY(model.fill(views_of(texts), options.top, bar.progress()));
  bar.finish();
  for (const FilledMask& mask : filled) {
    auto tokens = nlohmann::ordered_json::array();
    for (const TokenProbability& token : mask.tokens) {
      const auto text = model.tokenizer().token(token.id);
      if (!options.json) fmt::print("{}\t{:.4f}\t{}\n", mask.text, token.probability, text);
      tokens.push_back({{"token", text}, {"id", token.id}, {"probability", token.probability}});
    }
    const nlohmann::ordered_json line = {
        {"text", mask.text}, {"begin", mask.begin}, {"end", mask.end}, {"tokens", tokens}};
    if (options.json)
      fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  if (filled.empty())
    fmt::print(stderr, "kindred: no text has the model's mask, {}\n", model.mask());
  return {};
}

}  // namespace

void add_fill(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand(
      "fill", "The likeliest tokens for each mask of texts, with a masked language model");
  auto options = std::make_shared<Options>();
  add_model_options(*command, options->model);
  add_texts_options(*command, options->input);
  command->add_option("--top", options->top, "How many tokens for each mask")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->add_flag("--json", options->json,
                    "Print a JSON object a mask: text, begin, end, tokens");
  command->footer(
      "Example:\n"
      "  echo 'The [MASK] of the river.' | kindred fill --model bert-base-uncased\n"
      "A line a token: the text's number, the probability, the token.");
  command->callback([options, &action] { action = [options] { return fill(*options); }; });
}

}  // namespace kindred::cli
