/// Which prompt a command puts before its texts.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "kindred/embedder.h"

namespace kindred::cli {

struct PromptChoice {
  std::string role = "plain";
  std::string name;
  std::optional<std::string> text;
};

/// Declares --role, --prompt-name and --prompt.
void add_prompt_options(CLI::App& command, PromptChoice& choice);

TextRole role_of(const PromptChoice& choice);
void set_prompt(const PromptChoice& choice, EmbedOptions& options);

}  // namespace kindred::cli
