/// A model's folder as sentence-transformers lays it out: which modules, in which order, with which
/// settings.
///
/// `modules.json` lists the modules: a Transformer (its folder holds config.json, weights,
/// tokenizer and `sentence_bert_config.json`), a Pooling, and perhaps a Normalize. Both spellings
/// in use are read: the pooling flags and full class paths of old, and `pooling_mode` of new. What
/// a folder asks for and Kindred doesn't have is an error that names it: a vector that is silently
/// another one is the worst answer.
///
/// A folder without modules.json gets mean pooling without normalisation, as sentence-transformers
/// gives it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kindred/result.h"

namespace kindred::embed {

struct Layout {
  std::filesystem::path encoder;          ///< the folder of the Transformer
  std::string pooling;                    ///< the field's name of the mode: "mean", "cls"
  std::optional<std::size_t> dimensions;  ///< what the pooling's configuration says
  bool normalize = false;
  std::optional<std::size_t> max_tokens;  ///< what the folder asks for, special tokens counted
  std::vector<std::string> notes;         ///< one line for each choice that the folder left open
};

Result<Layout> read_layout(const std::filesystem::path& folder);

}  // namespace kindred::embed
