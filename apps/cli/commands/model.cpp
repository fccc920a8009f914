/// kindred model: what models there are, and where they come from. One table of commands.
#include "command.h"
#include "commands/model/parts.h"

namespace kindred::cli {
namespace {

constexpr Command kCommands[] = {{add_model_pull}, {add_model_list}, {add_model_show}};

}  // namespace

void add_model(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("model", "Pull models from a hub, and look at them");
  command->require_subcommand(1);
  for (const Command& row : kCommands) row.add(*command, action);
}

}  // namespace kindred::cli
