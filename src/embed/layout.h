/// A model's folder as sentence-transformers lays it out: which modules, in which order, with which
/// settings.
///
/// `modules.json` lists the modules: a Transformer (its folder holds config.json, weights,
/// tokenizer and `sentence_bert_config.json`) and a Pooling, or a StaticEmbedding (weights and
/// tokenizer); then what stands behind it (Dense, LayerNorm, Normalize, in any order).
/// `config_sentence_transformers.json` has prompts and how many dimensions to keep. Both spellings
/// in use are read: the pooling flags and full class paths of old, and `pooling_mode` of new. What
/// a folder asks for and Kindred doesn't have is an error that names it: a vector that is silently
/// another one is the worst answer.
///
/// A folder without modules.json gets what sentence-transformers gives it: mean pooling without
/// normalisation, or the last token where the model was made to write texts. A folder whose
/// config.json says model_type "model2vec" is read as model2vec does. A GGUF file says how it
/// pools, and its vectors are normalised, as llama.cpp does.
///
/// A folder with ELMo's options and weights is read as model/elmo.h says, a SavedModel of
/// TensorFlow as tensorflow/text_model.h does. Another file is one of word vectors
/// (word_encoder.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "embed/pooling.h"
#include "embed/prompts.h"
#include "embed/vector_module.h"
#include "kindred/result.h"

namespace kindred::embed {

/// What the modules begin with.
enum class Beginning : std::uint8_t {
  transformer,
  static_embedding,
  model2vec,
  elmo,
  saved_model,
  word_vectors
};

struct Layout {
  Beginning beginning = Beginning::transformer;
  std::filesystem::path encoder;  ///< the folder of what it begins with
  Pooling pooling = Pooling::of("mean");
  std::vector<ModuleFolder> modules;      ///< behind it, but for `normalize`
  bool normalize = false;                 ///< the last module is a Normalize
  std::optional<std::size_t> dimensions;  ///< how many of a vector's values are kept
  Prompts prompts;
  std::optional<std::size_t> max_tokens;  ///< what the folder asks for, special tokens counted
  bool lowercase = false;                 ///< texts are lowered before they are tokenized
  std::vector<std::string> notes;         ///< one line for each choice that the folder left open
};

Result<Layout> read_layout(const std::filesystem::path& folder);

}  // namespace kindred::embed
