/// The program `kindred`: one table of commands. Exit codes: 0 done, 1 the work failed, 2 wrong
/// usage.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.h"

namespace {

using kindred::cli::Command;

constexpr Command kCommands[] = {
    {kindred::cli::add_model},      {kindred::cli::add_tokenize}, {kindred::cli::add_embed},
    {kindred::cli::add_similarity}, {kindred::cli::add_rerank},   {kindred::cli::add_fill},
    {kindred::cli::add_words},      {kindred::cli::add_classify}, {kindred::cli::add_index},
    {kindred::cli::add_add},        {kindred::cli::add_search},
};

/// A mapped file that another program cut short: one clear line instead of a core dump. Only what
/// is safe in a signal handler.
extern "C" void end_on_sigbus(int) {
  constexpr std::string_view kMessage =
      "kindred: a file was cut short while it was being read (or its disk failed); nothing was "
      "written half\n";
  static_cast<void>(!::write(STDERR_FILENO, kMessage.data(), kMessage.size()));
  ::_exit(1);
}

int run(int argc, char** argv) {
  CLI::App program("Kindred: one native engine for embeddings, from raw data to answers",
                   "kindred");
  program.require_subcommand(1);
  program.set_version_flag("--version", "kindred " KINDRED_VERSION);
  program.set_help_all_flag("--help-all", "Print the help of every command");
  kindred::cli::Action action;
  for (const Command& command : kCommands) command.add(program, action);
  // `kindred help index build` is what people type before they know of `kindred index build
  // --help`.
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  std::ranges::reverse(words);  // as CLI11 takes them
  try {
    program.parse(std::move(words));
    if (const auto done = action(); !done) {
      fmt::print(stderr, "kindred: {}\n", done.error().message);
      return 1;
    }
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "kindred: cannot write the results: {}\n", std::strerror(errno));
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGBUS, end_on_sigbus);
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("kindred: out of memory\n", stderr);
  } catch (const std::exception& error) {  // of fmt, where stdout refuses what it prints
    std::fprintf(stderr, "kindred: %s\n", error.what());
  }
  return 1;
}
