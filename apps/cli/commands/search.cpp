/// kindred search: the documents of a collection closest to a question.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "collection_model.h"
#include "command.h"
#include "data_folder.h"
#include "kindred/collection.h"
#include "kindred/ingest.h"
#include "kindred/threads.h"
#include "one_line.h"

namespace kindred::cli {
namespace {

struct SearchOptions {
  std::string collection;
  std::string query;
  std::string data;
  ModelChoice model;
  std::size_t k = 10;
  std::size_t threads = 0;
  bool json = false;
};

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Written by hand, since the fields are JSON already and stay as they were spelled.
void print_json(const SearchOptions& options, const std::vector<FoundDocument>& found,
                double seconds) {
  std::string json =
      fmt::format("{{\"collection\":{},\"query\":{},\"seconds\":{:.6f},\"hits\":[",
                  json_string(options.collection), json_string(options.query), seconds);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Document& document = found[i].document;
    json += fmt::format("{}{{\"id\":{},\"score\":{},\"text\":{},\"fields\":{}}}", i > 0 ? "," : "",
                        json_string(document.id), found[i].score, json_string(document.text),
                        document.fields);
  }
  fmt::print("{}]}}\n", json);
}

/// In a pipe: score, id, text and fields between tabs, a hit a line. On a terminal: as much of the
/// text as the line holds, the fields below it.
void print_words(const std::vector<FoundDocument>& found) {
  constexpr std::size_t kIndent = 8;  // as wide as the score
  std::size_t width = 0;              // 0: not a terminal
  if (winsize size{}; ::isatty(STDOUT_FILENO) == 1)
    width = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
  for (const auto& [document, score] : found) {
    if (width == 0) {
      fmt::print("{:.4f}\t{}\t{}\t{}\n", score, one_line(document.id), one_line(document.text),
                 one_line(document.fields));
      continue;
    }
    fmt::print("{:7.4f} {}\n", score, shortened(one_line(document.id), width - kIndent));
    fmt::print("{:{}}{}\n", "", kIndent, shortened(one_line(document.text), width - kIndent));
    if (document.fields != "{}")
      fmt::print("{:{}}{}\n", "", kIndent, shortened(one_line(document.fields), width - kIndent));
  }
}

Result<void> run(const SearchOptions& options) {
  if (options.threads > 0) set_threads(options.threads);
  const auto folder = KINDRED_TRY(collection_folder(options.data, options.collection));
  const auto collection = KINDRED_TRY(Collection::open(folder, CollectionMode::read));
  const auto opened =
      KINDRED_TRY(open_model_for(options.collection, collection.model(), options.model));
  // Names another model than the one recorded, and a model that answers differently here.
  KINDRED_TRY(check_model(collection, opened.embedder));
  const auto start = std::chrono::steady_clock::now();
  const std::string_view query = options.query;
  const auto embedded = KINDRED_TRY(opened.embedder.embed({&query, 1}, {.role = TextRole::query}));
  if (!embedded.truncated.empty() && embedded.truncated.front() != 0)
    fmt::print(stderr, "kindred: the query is longer than the model's window and was truncated\n");
  const auto found = KINDRED_TRY(collection.search(embedded.vectors.row(0), options.k));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (options.json)
    print_json(options, found, seconds);
  else
    print_words(found);
  return {};
}

}  // namespace

void add_search(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("search", "Find a collection's documents by meaning");
  auto options = std::make_shared<SearchOptions>();
  command->add_option("collection", options->collection, "Name of the collection")
      ->required()
      ->type_name("COLLECTION");
  command->add_option("query", options->query, "What to look for, in words")
      ->required()
      ->type_name("QUERY");
  add_data_option(*command, options->data);
  add_model_options(*command, options->model, false);
  command->add_option("--k", options->k, "How many documents")
      ->capture_default_str()
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command->add_option("--threads", options->threads, "Threads (0: one a processor)")
      ->capture_default_str()
      ->type_name("N");
  command->add_flag("--json", options->json, "Print the documents as JSON, whole texts and fields");
  command->footer(
      "Prints score (cosine similarity), id, text and fields, best first.\n\n"
      "Examples:\n"
      "  kindred search notes \"how do I renew my passport\"\n"
      "  kindred search papers \"graph neural networks for molecules\" --k 3 --json\n");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace kindred::cli
