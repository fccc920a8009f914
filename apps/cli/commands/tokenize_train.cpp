/// kindred tokenize train: a vocabulary from text.
#include "tokenize_train.h"

#include <fmt/format.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "command.h"
#include "kindred/threads.h"
#include "kindred/tokenizer_training.h"
#include "progress_bar.h"

namespace kindred::cli {
namespace {

struct Options {
  std::string kind;
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;
  TokenizerTraining training;
  bool cased = false;
  std::vector<std::string> special_tokens;
  std::size_t threads = 0;
};

Result<void> train(const Options& options) {
  set_threads(options.threads);
  TokenizerTraining training = options.training;
  training.kind = KINDRED_TRY(parse_vocabulary_kind(options.kind));
  training.lowercase = !options.cased;
  if (!options.special_tokens.empty()) training.special_tokens = options.special_tokens;
  ProgressBar bar("steps");
  const std::string json = KINDRED_TRY(train_tokenizer(options.inputs, training, bar.progress()));
  bar.finish();
  KINDRED_TRY(base::write_atomically(base::real_file_system(), options.output,
                                     [&](base::WritableFile& file) { return file.write(json); }));
  fmt::print(stderr, "kindred: a {} vocabulary in {}, in {:.1f} s\n", options.kind,
             options.output.string(), bar.seconds());
  return {};
}

}  // namespace

void add_tokenize_train(CLI::App& tokenize, Action& action) {
  auto* command = tokenize.add_subcommand("train", "Train a vocabulary from text");
  auto options = std::make_shared<Options>();
  command->add_option("kind", options->kind, "wordpiece (BERT's), bpe (GPT-2's) or unigram")
      ->required()
      ->type_name("KIND")
      ->check([](const std::string& name) {
        const auto kind = parse_vocabulary_kind(name);
        return kind.has_value() ? std::string() : kind.error().message;
      });
  command
      ->add_option("--input", options->inputs,
                   "Text to learn from, each line by itself (\"-\": standard input)")
      ->required()
      ->type_name("FILE...");
  command->add_option("--output", options->output, "The tokenizer.json to write")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--vocabulary-size", options->training.vocabulary_size,
                   "Tokens, special ones counted; a small corpus may give fewer")
      ->check(CLI::Range(1, 1 << 24))
      ->capture_default_str();
  command
      ->add_option("--min-frequency", options->training.min_frequency,
                   "Occurrences of a pair that wordpiece and bpe merge, at least")
      ->capture_default_str();
  command->add_flag("--cased", options->cased, "wordpiece: keep case and accents");
  command
      ->add_option("--special-token", options->special_tokens,
                   "The special tokens, from id 0 on, in place of the kind's own; once for each")
      // Else "[UNK]" would be a list of one.
      ->allow_extra_args(false)
      ->type_name("TOKEN");
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->footer(
      "The same text gives the same vocabulary, at any number of threads.\n"
      "Examples:\n"
      "  kindred tokenize train wordpiece --input corpus.txt --vocabulary-size 30000 "
      "--output tokenizer.json\n"
      "  kindred tokenize train unigram --input a.txt b.txt --vocabulary-size 8000 "
      "--output tokenizer.json");
  command->callback([options, &action] { action = [options] { return train(*options); }; });
}

}  // namespace kindred::cli
