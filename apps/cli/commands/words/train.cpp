/// kindred words train: word vectors from text.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "commands/words/parts.h"
#include "kindred/threads.h"
#include "kindred/word_training.h"
#include "progress_bar.h"

namespace kindred::cli {
namespace {

struct Options {
  std::string algorithm = "skip-gram";
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;
  std::string format;
  WordTraining training;
  std::size_t threads = 0;
};

Result<void> train(const Options& options) {
  set_threads(options.threads);
  WordTraining training = options.training;
  training.algorithm = KINDRED_TRY(parse_word_algorithm(options.algorithm));
  const WordFormat usual = training.max_ngram > 0 || !training.start.empty()
                               ? WordFormat::fasttext
                               : WordFormat::word2vec_binary;
  const WordFormat format =
      options.format.empty() ? usual : KINDRED_TRY(parse_word_format(options.format));
  training.continuable = format == WordFormat::fasttext;
  ProgressBar bar("steps");
  const auto vectors = KINDRED_TRY(train_word_vectors(options.inputs, training, bar.progress()));
  bar.finish();
  const double seconds = bar.seconds();
  KINDRED_TRY(vectors.save(options.output, format));
  fmt::print(stderr, "{} words, {} dimensions, in {}, learned in {:.1f} s\n", vectors.size(),
             vectors.dimensions(), options.output.string(), seconds);
  return {};
}

template <typename Parse>
auto checked_by(Parse parse) {
  return [parse](const std::string& name) {
    const auto parsed = parse(name);
    return parsed.has_value() ? std::string() : parsed.error().message;
  };
}

}  // namespace

void add_words_train(CLI::App& words, Action& action) {
  auto* command = words.add_subcommand("train", "Learn vectors of words from text");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--input", options->inputs,
                   "Text, a sentence a line, words between white space; plain, .gz or .xz")
      ->required()
      ->type_name("FILE...");
  command->add_option("--output", options->output, "File of vectors to write")
      ->required()
      ->type_name("FILE");
  command->add_option("--algorithm", options->algorithm, "skip-gram, cbow, glove or spectral")
      ->check(checked_by(parse_word_algorithm))
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--dimensions", options->training.dimensions, "Values of a vector")
      ->capture_default_str();
  command
      ->add_option(
          "--window", options->training.window,
          "Words on each side that count as near, at most; 0: all of the line, for baskets")
      ->capture_default_str();
  command
      ->add_option("--negative", options->training.negative,
                   "Words drawn by chance for each window, against which the true one is learned")
      ->capture_default_str();
  command->add_flag("--hierarchical-softmax", options->training.hierarchical_softmax,
                    "Learn the way to the true word through a tree, instead of drawn words");
  command->add_option("--epochs", options->training.epochs, "Passes over the text")
      ->capture_default_str();
  command
      ->add_option("--min-count", options->training.min_count,
                   "Words that come less often get no vector")
      ->capture_default_str();
  command
      ->add_option("--sample", options->training.sample,
                   "Words with a larger share of the text are left out now and then (0: none)")
      ->capture_default_str();
  command->add_option("--learning-rate", options->training.learning_rate, "At the start; 0: 0.05")
      ->capture_default_str();
  command
      ->add_option(
          "--max-ngram", options->training.max_ngram,
          "Learn vectors of parts of words too, of so many letters at most (fastText's are "
          "6; 0: of none)")
      ->capture_default_str();
  command->add_option("--min-ngram", options->training.min_ngram, "Letters of a part at least")
      ->capture_default_str();
  command->add_option("--buckets", options->training.buckets, "Vectors that parts share")
      ->capture_default_str();
  command
      ->add_option("--glove-maximum", options->training.glove_maximum,
                   "Of glove: counts of pairs above it weigh no more than it")
      ->capture_default_str();
  command
      ->add_option("--memory", options->training.memory,
                   "Of glove and spectral: bytes to count pairs in; what does not fit goes to disk")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  command
      ->add_option("--start", options->training.start,
                   "Go on from this file of the format fasttext: its words keep what they have "
                   "learned, those of the text join them")
      ->type_name("FILE");
  command->add_option("--seed", options->training.seed, "Of everything drawn by chance")
      ->capture_default_str();
  command->add_flag("--deterministic", options->training.deterministic,
                    "The same vectors on every run: one thread learns");
  command
      ->add_option(
          "--format", options->format,
          "text or binary (word2vec's), glove, fasttext or npy; without it binary, with parts "
          "of words fasttext")
      ->check(checked_by(parse_word_format))
      ->type_name("NAME");
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  kindred words train --input corpus.txt --output words.bin\n"
      "  kindred words train --input a.txt.gz b.txt.xz --algorithm cbow --dimensions 200 "
      "--output words.bin\n"
      "  kindred words train --input corpus.txt --max-ngram 6 --output fasttext.bin");
  command->callback([options, &action] { action = [options] { return train(*options); }; });
}

}  // namespace kindred::cli
