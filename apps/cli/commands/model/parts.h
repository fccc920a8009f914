/// The commands of `kindred model`: each is one file of this folder and one row of the table in
/// commands/model.cpp.
#pragma once

#include <CLI/CLI.hpp>

#include "command.h"

namespace kindred::cli {

void add_model_pull(CLI::App& parent, Action& action);
void add_model_list(CLI::App& parent, Action& action);
void add_model_show(CLI::App& parent, Action& action);

}  // namespace kindred::cli
