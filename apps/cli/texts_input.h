/// The texts that a command works on, from files or standard input.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::cli {

struct TextsInput {
  std::vector<std::string> paths = {"-"};
  std::string format = "text";
  std::string field;
};

/// Declares --input, --format and --field.
void add_texts_options(CLI::App& command, TextsInput& input);

/// Takes a text, and how many bytes of the file have been read with it.
using TakeText = std::function<Result<void>(std::string_view text, std::uint64_t bytes_read)>;

/// Gives `take` the texts of one file, in order and one at a time, so that a file of any size
/// passes through a little memory. text: one a line, an empty line is an empty text. jsonl, csv,
/// tsv: the named field of each row. An error names file and line; one of `take` ends the reading.
Result<void> for_each_text(const TextsInput& input, const std::string& path, const TakeText& take);

/// All texts of all files, in order.
Result<std::vector<std::string>> read_texts(const TextsInput& input);

/// The texts as the library takes them; they must outlive the views.
std::vector<std::string_view> views_of(const std::vector<std::string>& texts);

}  // namespace kindred::cli
