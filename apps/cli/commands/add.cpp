/// kindred add: files into a collection.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collection_model.h"
#include "command.h"
#include "data_folder.h"
#include "kindred/collection.h"
#include "kindred/ingest.h"
#include "kindred/threads.h"
#include "progress_bar.h"
#include "quantities.h"

namespace kindred::cli {
namespace {

struct AddOptions {
  std::string collection;
  std::vector<std::filesystem::path> files;
  std::string data;
  ModelChoice model;
  bool lines = false;
  std::string text_field = "text";
  std::string id_field;
  std::size_t threads = 0;
  bool json = false;
};

void print_json(const IngestReport& report, std::size_t documents, double seconds) {
  fmt::print(
      "{{\"read\":{},\"added\":{},\"unchanged\":{},\"empty\":{},\"superseded\":{},\"truncated\":{},"
      "\"skipped_files\":{},\"documents\":{},\"seconds\":{:.3f},\"documents_per_second\":{:.1f}}}"
      "\n",
      report.read, report.added, report.unchanged, report.empty, report.superseded,
      report.truncated, report.skipped_files, documents, seconds,
      static_cast<double>(report.added) / seconds);
}

void print_words(const std::string& collection, const IngestReport& report, std::size_t documents,
                 double seconds) {
  std::string words = fmt::format("{}: {} documents read, {} added, {} unchanged", collection,
                                  with_thousands(report.read), with_thousands(report.added),
                                  with_thousands(report.unchanged));
  const auto mention = [&words](std::size_t count, std::string_view what) {
    if (count > 0) words += fmt::format(", {} {}", with_thousands(count), what);
  };
  mention(report.empty, "left out without text");
  mention(report.superseded, "left out for a later one of the same id");
  mention(report.truncated, "truncated to the model's window");
  mention(report.skipped_files, "files left out that are not text");
  words += fmt::format("\n{}: {} documents now; {:.1f} s", collection, with_thousands(documents),
                       seconds);
  if (report.added > 0)
    words += fmt::format(", {} added a second", rate(static_cast<double>(report.added) / seconds));
  fmt::print("{}\n", words);
}

Result<void> run(const AddOptions& options) {
  if (options.threads > 0) set_threads(options.threads);
  const auto folder = KINDRED_TRY(collection_folder(options.data, options.collection));
  const auto recorded = KINDRED_TRY(recorded_model(folder));
  const auto opened = KINDRED_TRY(open_model_for(options.collection, recorded, options.model));
  for (const std::string& note : opened.embedder.notes()) fmt::print(stderr, "kindred: {}\n", note);
  ProgressBar bar("documents");
  auto collection =
      KINDRED_TRY(Collection::open(folder, CollectionMode::write, opened.description));
  const auto report = ingest(collection, opened.embedder, options.files,
                             {.lines = options.lines,
                              .text_field = options.text_field,
                              .id_field = options.id_field,
                              .progress = bar.progress()});
  bar.finish();
  if (!report.has_value()) return std::unexpected(report.error());
  if (options.json)
    print_json(*report, collection.size(), bar.seconds());
  else
    print_words(options.collection, *report, collection.size(), bar.seconds());
  return {};
}

}  // namespace

void add_add(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("add", "Read, embed and store files in a collection");
  auto options = std::make_shared<AddOptions>();
  command->add_option("collection", options->collection, "Name of the collection")
      ->required()
      ->type_name("COLLECTION");
  command
      ->add_option("files", options->files,
                   "Text files, .jsonl files (a document a line), folders of them")
      ->required()
      ->type_name("FILES");
  add_data_option(*command, options->data);
  add_model_options(*command, options->model, false);
  command->add_flag("--lines", options->lines, "A document a line, for text files");
  command->add_option("--text-field", options->text_field, "JSONL: the field with the text")
      ->capture_default_str()
      ->type_name("FIELD");
  command
      ->add_option("--id-field", options->id_field,
                   "JSONL: the field with the id (else path and line)")
      ->type_name("FIELD");
  command->add_option("--threads", options->threads, "Threads (0: one a processor)")
      ->capture_default_str()
      ->type_name("N");
  command->add_flag("--json", options->json, "Print what was done as JSON");
  command->footer(
      "The same id replaces; what is there already is not embedded again, so that a run that was\n"
      "stopped goes on where it ended when it is started again.\n\n"
      "Examples:\n"
      "  kindred add notes ~/notes --model all-MiniLM-L6-v2\n"
      "  kindred add faq questions.txt --lines --model ./models/all-MiniLM-L6-v2\n"
      "  kindred add papers papers.jsonl --text-field abstract --id-field id\n");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace kindred::cli
