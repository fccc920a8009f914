/// The part of `kindred tokenize` that trains a vocabulary.
#pragma once

#include <CLI/CLI.hpp>

#include "command.h"

namespace kindred::cli {

/// Declares `train` under `tokenize`.
void add_tokenize_train(CLI::App& tokenize, Action& action);

}  // namespace kindred::cli
