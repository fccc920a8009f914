/// One command of the program: a row of the table in main.cpp, and one file in commands/.
///
/// A command adds its options and examples to the CLI11 application that it is given, and sets what
/// runs once they are parsed. Results go to stdout, words to stderr; `--json` prints
/// machine-readable results. What runs returns an Error for exit code 1; wrong usage (exit code 2)
/// is CLI11's, or UsageError.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "kindred/result.h"

namespace kindred::cli {

/// Words on the command line that can't be meant: the program says so and exits with 2.
class UsageError : public CLI::ValidationError {
 public:
  explicit UsageError(const std::string& message) : CLI::ValidationError("usage", message) {}
};

/// Sets what a parsed command runs.
using Action = std::function<Result<void>()>;

/// A row of the table: `add` declares the command under `program` and, from its CLI11 callback,
/// sets `action`.
struct Command {
  void (*add)(CLI::App& program, Action& action);
};

void add_tokenize(CLI::App& program, Action& action);
void add_embed(CLI::App& program, Action& action);
void add_similarity(CLI::App& program, Action& action);
void add_rerank(CLI::App& program, Action& action);
void add_fill(CLI::App& program, Action& action);
void add_model(CLI::App& program, Action& action);
void add_words(CLI::App& program, Action& action);
void add_classify(CLI::App& program, Action& action);
void add_index(CLI::App& program, Action& action);
void add_add(CLI::App& program, Action& action);
void add_search(CLI::App& program, Action& action);

}  // namespace kindred::cli
