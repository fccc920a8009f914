/// kindred model show: what a model's folder holds.
#include <fmt/format.h>

#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands/model/parts.h"
#include "kindred/embedder.h"
#include "kindred/vectors.h"
#include "model_folder.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  std::string tokens_file;
  std::string positions_file;
  bool json = false;
};

/// "30522 x 384", or nothing where there is no such table.
std::string shape_of(const TableShape& table) {
  return table.rows == 0 ? "" : fmt::format("{} x {}", table.rows, table.columns);
}

/// null where no text is too long.
nlohmann::json limit_of(std::size_t tokens) {
  if (tokens == std::numeric_limits<std::size_t>::max()) return nullptr;
  return tokens;
}

Result<void> write_tables(const Options& options, const Embedder& embedder) {
  if (!options.tokens_file.empty())
    KINDRED_TRY(write_vectors(options.tokens_file, embedder.token_embeddings()));
  if (options.positions_file.empty()) return {};
  const Matrix positions = embedder.position_embeddings();
  if (positions.rows() == 0)
    return fail(ErrorCode::not_found, "the model has no table of positions");
  return write_vectors(options.positions_file, positions);
}

Result<void> show(const Options& options) {
  const auto folder = KINDRED_TRY(model_folder(options.model));
  const Embedder embedder = KINDRED_TRY(Embedder::open(folder));
  KINDRED_TRY(write_tables(options, embedder));
  const ModelDescription& model = embedder.describe();
  const nlohmann::ordered_json fields = {{"folder", folder.string()},
                                         {"family", model.family},
                                         {"parameters", model.parameters},
                                         {"layers", model.layers},
                                         {"heads", model.heads},
                                         {"dimensions", model.dimensions},
                                         {"vocabulary", model.vocabulary},
                                         {"token_table", shape_of(model.token_embeddings)},
                                         {"position_table", shape_of(model.position_embeddings)},
                                         {"max_tokens", limit_of(model.max_tokens)},
                                         {"pooling", model.pooling},
                                         {"normalize", model.normalize},
                                         {"prompts", model.prompts},
                                         {"default_prompt", model.default_prompt},
                                         {"hash", model.hash},
                                         {"notes", model.notes}};
  if (options.json) {
    fmt::print("{}\n", fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return {};
  }
  for (const auto& [name, value] : fields.items())
    if (value.is_primitive() && !value.is_null() && value != "" && value != 0)
      fmt::print("{:<16}{}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
  for (const auto& [name, prompt] : model.prompts)
    fmt::print("{:<16}{}: {}\n", "prompt", name, nlohmann::json(prompt).dump());
  for (const std::string& note : model.notes) fmt::print("{:<16}{}\n", "note", note);
  return {};
}

}  // namespace

void add_model_show(CLI::App& parent, Action& action) {
  auto* command =
      parent.add_subcommand("show", "What a model is: family, size, pooling, window, hash");
  auto options = std::make_shared<Options>();
  command
      ->add_option("model", options->model.model,
                   "Model: its folder, or its name under the models folder")
      ->required()
      ->type_name("MODEL");
  command
      ->add_option("--export-tokens", options->tokens_file,
                   "NumPy file to write the table of token embeddings to, a row for each id")
      ->type_name("V.npy");
  command
      ->add_option("--export-positions", options->positions_file,
                   "NumPy file to write the table of positions to")
      ->type_name("V.npy");
  add_models_option(*command, options->model);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Example:\n  kindred model show all-MiniLM-L6-v2");
  command->callback([options, &action] { action = [options] { return show(*options); }; });
}

}  // namespace kindred::cli
