/// kindred classify: texts by their labels. One table of commands.
#include "command.h"
#include "commands/classify/parts.h"

namespace kindred::cli {
namespace {

constexpr Command kCommands[] = {
    {add_classify_train}, {add_classify_predict}, {add_classify_evaluate}, {add_classify_quantize}};

}  // namespace

void add_classify(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand(
      "classify", "Labels of texts: learn them, find them, judge, make the model small");
  command->require_subcommand(1);
  for (const Command& row : kCommands) row.add(*command, action);
}

}  // namespace kindred::cli
