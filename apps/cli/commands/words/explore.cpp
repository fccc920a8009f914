/// kindred words explore: ask a file of word vectors, line by line.
///
/// A line is a sum of words; its answer are the nearest others. On a terminal there is a prompt;
/// through a pipe there is none, and answers come as `nearest` gives them.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "command.h"
#include "commands/words/parts.h"
#include "commands/words/sum.h"
#include "kindred/word_vectors.h"

namespace kindred::cli {
namespace {

struct Options {
  std::filesystem::path file;
  std::size_t k = 10;
  std::size_t restrict_to = 0;
};

void answer(const std::string& line, const WordVectors& vectors, const Options& options) {
  const auto sum = parse_sum(line, vectors);
  if (!sum) {
    fmt::print("{}\n", sum.error().message);
    return;
  }
  for (const WordHit& hit : vectors.nearest(
           sum->vector,
           {.k = options.k, .restrict_to = options.restrict_to, .leave_out = sum->words}))
    fmt::print("{:.4f}  {}\n", hit.score, vectors.word(hit.id));
}

Result<void> explore(const Options& options) {
  const auto vectors = KINDRED_TRY(WordVectors::open(options.file));
  const bool terminal = ::isatty(STDIN_FILENO) != 0;
  if (terminal)
    fmt::print("{} words. Type one, or a sum like: king - man + woman. Ctrl-D ends.\n",
               vectors.size());
  for (std::string line;;) {
    if (terminal) {
      fmt::print("> ");
      std::fflush(stdout);
    }
    if (!std::getline(std::cin, line)) break;
    if (line.find_first_not_of(" \t\r") != std::string::npos) answer(line, vectors, options);
  }
  if (terminal) fmt::print("\n");
  return {};
}

}  // namespace

void add_words_explore(CLI::App& words, Action& action) {
  auto* command =
      words.add_subcommand("explore", "Type king - man + woman and see, again and again");
  auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "File of vectors")->required()->type_name("FILE");
  command->add_option("-k,--k", options->k, "How many")->capture_default_str();
  command
      ->add_option("--restrict", options->restrict_to,
                   "Only the first so many words of the file, the frequent ones (0: all)")
      ->capture_default_str();
  command->footer("Example:\n  kindred words explore words.bin");
  command->callback([options, &action] { action = [options] { return explore(*options); }; });
}

}  // namespace kindred::cli
