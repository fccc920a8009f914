/// kindred embed: texts to vectors.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "command.h"
#include "kindred/embedder.h"
#include "kindred/multi_vector_embedder.h"
#include "kindred/sparse_embedder.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "model_folder.h"
#include "progress_bar.h"
#include "prompt_choice.h"
#include "texts_input.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  TextsInput input;
  std::string output;
  PromptChoice prompt;
  std::size_t dimensions = 0;
  bool no_normalize = false;
  std::string tokens;
  TokenOptions of_tokens;
  bool sparse = false;
  bool multi_vector = false;
  bool json = false;
  std::size_t threads = 0;
};

/// One line a text: its values, or a JSON object with --json.
void print_vectors(const Matrix& vectors, bool json) {
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    if (json) {
      fmt::print("{{\"vector\":[{}]}}\n", fmt::join(vectors.row(i), ","));
    } else {
      fmt::print("{}\n", fmt::join(vectors.row(i), " "));
    }
  }
}

/// Vectors of words or tokens: a line of JSON each says where it stands, and has its vector where
/// no file takes them.
Result<void> embed_tokens(const Options& options, const Embedder& embedder,
                          const std::vector<std::string>& texts) {
  ProgressBar bar("texts");
  TokenOptions how = options.of_tokens;
  how.unit = options.tokens == "words" ? TokenUnit::words : TokenUnit::tokens;
  how.progress = bar.progress();
  const auto result = KINDRED_TRY(embedder.embed_tokens(views_of(texts), how));
  bar.finish();
  if (!options.output.empty()) KINDRED_TRY(write_vectors(options.output, result.vectors));
  for (std::size_t i = 0; i < result.places.size(); ++i) {
    const TokenPlace& place = result.places[i];
    nlohmann::ordered_json line = {
        {"text", place.text},
        {"begin", place.begin},
        {"end", place.end},
        {options.tokens == "words" ? "word" : "token",
         texts[place.text].substr(place.begin, place.end - place.begin)}};
    if (options.output.empty()) line["vector"] = result.vectors.row(i);
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return {};
}

/// A line a text: its tokens and their weights, the heaviest first.
Result<void> embed_sparse(const Options& options, const std::filesystem::path& folder) {
  const SparseEmbedder embedder = KINDRED_TRY(SparseEmbedder::open(folder));
  const auto texts = KINDRED_TRY(read_texts(options.input));
  ProgressBar bar("texts");
  const auto result = KINDRED_TRY(embedder.embed(views_of(texts), bar.progress()));
  bar.finish();
  for (const SparseVector& vector : result.vectors) {
    std::vector<std::size_t> order(vector.ids.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater(),
                             [&](std::size_t i) { return vector.weights[i]; });
    auto ids = nlohmann::json::array();
    auto tokens = nlohmann::json::array();
    auto weights = nlohmann::json::array();
    for (const std::size_t i : order) {
      ids.push_back(vector.ids[i]);
      tokens.push_back(embedder.tokenizer().token(vector.ids[i]));
      weights.push_back(vector.weights[i]);
    }
    const nlohmann::ordered_json line = {{"ids", ids}, {"tokens", tokens}, {"weights", weights}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return {};
}

/// A line a text: its tokens, and their vectors where no file takes them.
Result<void> embed_multi_vector(const Options& options, const std::filesystem::path& folder) {
  const auto embedder = KINDRED_TRY(MultiVectorEmbedder::open(folder));
  const auto texts = KINDRED_TRY(read_texts(options.input));
  ProgressBar bar("texts");
  const auto result =
      KINDRED_TRY(embedder.embed(views_of(texts), role_of(options.prompt), bar.progress()));
  bar.finish();
  if (!options.output.empty()) KINDRED_TRY(write_vectors(options.output, result.vectors));
  for (std::size_t text = 0; text < texts.size(); ++text) {
    auto tokens = nlohmann::json::array();
    auto vectors = nlohmann::json::array();
    for (std::size_t row = result.starts[text]; row < result.starts[text + 1]; ++row) {
      tokens.push_back(embedder.tokenizer().token(result.ids[row]));
      if (options.output.empty()) vectors.push_back(result.vectors.row(row));
    }
    nlohmann::ordered_json line = {{"text", text}, {"tokens", tokens}};
    if (options.output.empty()) line["vectors"] = vectors;
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return {};
}

Result<void> embed(const Options& options) {
  set_threads(options.threads);
  const auto folder = KINDRED_TRY(model_folder(options.model));
  if (options.multi_vector) return embed_multi_vector(options, folder);
  if (options.sparse) return embed_sparse(options, folder);
  const Embedder embedder = KINDRED_TRY(Embedder::open(folder));
  for (const std::string& note : embedder.notes()) fmt::print(stderr, "kindred: {}\n", note);
  const auto texts = KINDRED_TRY(read_texts(options.input));
  if (!options.tokens.empty()) return embed_tokens(options, embedder, texts);

  ProgressBar bar("texts");
  EmbedOptions embedding{.normalize = !options.no_normalize,
                         .dimensions = options.dimensions,
                         .progress = bar.progress()};
  set_prompt(options.prompt, embedding);
  const auto result = KINDRED_TRY(embedder.embed(views_of(texts), embedding));
  const double seconds = bar.seconds();
  bar.finish();

  if (options.output.empty()) {
    print_vectors(result.vectors, options.json);
    return {};
  }
  KINDRED_TRY(write_vectors(options.output, result.vectors));
  const auto truncated = std::count(result.truncated.begin(), result.truncated.end(), 1);
  const double rate = seconds > 0 ? static_cast<double>(texts.size()) / seconds : 0;
  if (options.json) {
    const nlohmann::json summary = {
        {"texts", texts.size()},   {"dimensions", result.vectors.dimensions()},
        {"tokens", result.tokens}, {"truncated", truncated},
        {"seconds", seconds},      {"texts_per_second", rate},
        {"output", options.output}};
    fmt::print("{}\n", summary.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print(stderr, "{} texts, {} tokens to {} x {} in {} ({:.0f} texts a second)\n",
               texts.size(), result.tokens, result.vectors.rows(), result.vectors.dimensions(),
               options.output, rate);
    if (truncated != 0)
      fmt::print(stderr, "{} longer than the model's {} tokens, cut at the end\n", truncated,
                 embedder.max_tokens());
  }
  return {};
}

}  // namespace

void add_embed(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("embed", "Texts to vectors, with a sentence encoder");
  auto options = std::make_shared<Options>();
  add_model_options(*command, options->model);
  add_texts_options(*command, options->input);
  auto* output = command
                     ->add_option("--output", options->output,
                                  "NumPy file of the vectors (else they are printed)")
                     ->type_name("V.npy");
  add_prompt_options(*command, options->prompt);
  command
      ->add_option(
          "--dimensions", options->dimensions,
          "Keep that many of each vector's values, the first ones (else as the model says)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  auto* tokens =
      command
          ->add_option("--tokens", options->tokens,
                       "A vector of each word in its context (words), or of each token (tokens), "
                       "with its place in the text as JSON")
          ->check(CLI::IsMember({"words", "tokens"}));
  auto* layer = command
                    ->add_option("--layer", options->of_tokens.layer,
                                 "Of tokens: the states of this layer (0: of the embeddings)")
                    ->needs(tokens);
  command
      ->add_option("--last-layers", options->of_tokens.last_layers,
                   "Of tokens: the mean of the last N layers")
      ->needs(tokens)
      ->excludes(layer)
      ->type_name("N")
      ->capture_default_str();
  auto* sparse =
      command
          ->add_flag(
              "--sparse", options->sparse,
              "Weights of a few tokens of the vocabulary instead of a vector, as JSON (SPLADE)")
          ->excludes(tokens)
          ->excludes(output);
  command->add_flag("--no-normalize", options->no_normalize, "Keep each vector's own length");
  auto* multi_vector =
      command
          ->add_flag(
              "--multi-vector", options->multi_vector,
              "A vector of each token for late interaction, as JSON (ColBERT); questions and "
              "documents differ: --role")
          ->excludes(tokens)
          ->excludes(sparse);
  // They speak of one vector a text.
  for (const char* name :
       {"--dimensions", "--no-normalize", "--role", "--prompt-name", "--prompt"}) {
    auto* option = command->get_option(name)->excludes(tokens)->excludes(sparse);
    if (name != std::string_view("--role")) option->excludes(multi_vector);
  }
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON: the vectors, or with --output a summary");
  command->footer(
      "Examples:\n"
      "  kindred embed --model all-MiniLM-L6-v2 --input titles.txt --output titles.npy\n"
      "  kindred embed --model all-MiniLM-L6-v2 --input papers.jsonl --format jsonl --field "
      "abstract --output papers.npy\n"
      "  echo 'a text' | kindred embed --model all-MiniLM-L6-v2\n"
      "  echo 'the river bank' | kindred embed --model all-MiniLM-L6-v2 --tokens words\n"
      "  kindred embed --model e5-small-v2 --role query --input questions.txt --output q.npy");
  command->callback([options, &action] { action = [options] { return embed(*options); }; });
}

}  // namespace kindred::cli
