/// kindred model pull: a model from a hub into the models folder.
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "commands/model/parts.h"
#include "kindred/hub.h"
#include "model_folder.h"
#include "progress_bar.h"
#include "quantities.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  std::string revision = "main";
  std::string file;
  bool offline = false;
  bool json = false;
};

std::string value_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string() : std::string(value);
}

/// What the variables say that other programs of the hub read too.
Result<PullOptions> options_of_environment() {
  PullOptions options;
  if (auto endpoint = value_of("HF_ENDPOINT"); !endpoint.empty()) {
    while (endpoint.ends_with('/')) endpoint.pop_back();
    options.endpoint = std::move(endpoint);
  }
  options.token = value_of("HF_TOKEN");
  const std::string offline = value_of("HF_HUB_OFFLINE");
  options.offline = !offline.empty() && offline != "0";
  if (const auto text = value_of("HF_HUB_DOWNLOAD_TIMEOUT"); !text.empty()) {
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds == 0)
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("HF_HUB_DOWNLOAD_TIMEOUT is \"{}\", a number of seconds is needed", text));
    options.stall = std::chrono::seconds(seconds);
  }
  return options;
}

Result<void> pull(const Options& options) {
  PullOptions how = KINDRED_TRY(options_of_environment());
  how.models = KINDRED_TRY(models_folder(options.model));
  how.revision = options.revision;
  how.file = options.file;
  how.offline = how.offline || options.offline;
  ProgressBar bar("bytes");
  how.progress = bar.progress();
  const PulledModel pulled = KINDRED_TRY(pull_model(options.model.model, how));
  bar.finish();
  if (options.json) {
    const nlohmann::ordered_json line = {
        {"name", options.model.model},  {"folder", pulled.folder.string()},
        {"commit", pulled.commit},      {"files", pulled.files},
        {"bytes", pulled.bytes},        {"downloaded", pulled.downloaded},
        {"was_there", pulled.was_there}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return {};
  }
  fmt::print(stderr, "{} files, {} bytes, {} of them downloaded: {} at commit {}{}\n", pulled.files,
             with_thousands(pulled.bytes), with_thousands(pulled.downloaded), options.model.model,
             pulled.commit, pulled.was_there ? ", as it was" : "");
  fmt::print("{}\n", pulled.folder.string());
  return {};
}

}  // namespace

void add_model_pull(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("pull", "A model from a hub into the models folder");
  auto options = std::make_shared<Options>();
  command
      ->add_option("name", options->model.model, "The model's name on the hub: organisation/model")
      ->required()
      ->type_name("NAME");
  command->add_option("--revision", options->revision, "A branch, a tag or a commit")
      ->type_name("REVISION")
      ->capture_default_str();
  command
      ->add_option("--file", options->file,
                   "One file of it, instead of what makes a folder: a GGUF")
      ->type_name("FILE");
  add_models_option(*command, options->model);
  command->add_flag("--offline", options->offline, "Ask no server; fail where it isn't here");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Example:\n"
      "  kindred model pull sentence-transformers/all-MiniLM-L6-v2\n"
      "What was cut off goes on where it ended. Variables: HF_ENDPOINT (another hub), HF_TOKEN,\n"
      "HF_HUB_OFFLINE=1, HF_HUB_DOWNLOAD_TIMEOUT (seconds without a byte).");
  command->callback([options, &action] { action = [options] { return pull(*options); }; });
}

}  // namespace kindred::cli
