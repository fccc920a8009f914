/// kindred index: nearest vectors, from and to files. One table of commands.
#include "command.h"
#include "commands/index/parts.h"

namespace kindred::cli {
namespace {

constexpr Command kCommands[] = {{add_index_build},  {add_index_add},  {add_index_remove},
                                 {add_index_search}, {add_index_show}, {add_index_tune}};

}  // namespace

void add_index(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("index", "Nearest vectors, from and to files");
  command->require_subcommand(1);
  for (const Command& row : kCommands) row.add(*command, action);
}

}  // namespace kindred::cli
