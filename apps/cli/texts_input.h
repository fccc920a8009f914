/// The texts that a command works on, from a file or standard input.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::cli {

struct TextsInput {
  std::string path = "-";
  std::string format = "text";
  std::string field;
};

/// Declares --input, --format and --field.
void add_texts_options(CLI::App& command, TextsInput& input);

/// All texts, in order. text: one a line, an empty line is an empty text. jsonl, csv, tsv: the
/// named field of each row. An error names file and line.
Result<std::vector<std::string>> read_texts(const TextsInput& input);

/// The texts as the library takes them; they must outlive the views.
std::vector<std::string_view> views_of(const std::vector<std::string>& texts);

}  // namespace kindred::cli
