/// A late-interaction model's folder: which modules, and how questions and documents are read.
///
/// Three layouts are in use. sentence-transformers' MultiVectorEncoder lists a Transformer (its
/// `sentence_bert_config.json` has the lengths and the expansion of questions), modules that work
/// on each token's vector, and a MultiVectorMask, which says what tokens are left out. PyLate up to
/// version 3 lists a Transformer and a Dense, and has all the rest in
/// `config_sentence_transformers.json`. colbert-ir has the encoder and its projection
/// (`linear.weight`) in one file, and the rest in `artifact.metadata`; config.json says
/// "HF_ColBERT".
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "embed/prompts.h"
#include "embed/vector_module.h"
#include "kindred/result.h"

namespace kindred::embed {

/// A question becomes longer: ColBERT appends mask tokens, whose vectors take part in its scores
/// (Khattab and Zaharia 2020, arXiv:2004.12832, section 3.2).
struct QueryExpansion {
  bool cuts = true;                  ///< longer questions are cut to this length, too
  bool attended = false;             ///< other tokens see them
  std::size_t length = 0;            ///< special tokens counted
  std::optional<std::string> token;  ///< nothing: the tokenizer's mask, or its end of a sequence
};

/// The tokens whose vectors a text gets none of.
struct LeftOut {
  std::vector<std::string> words;  ///< tokens by their texts; unknown ones are none
  bool of_queries = false;
  bool of_documents = true;
  std::vector<std::uint32_t> only;  ///< ids: all others are left out of documents; empty: none is
};

struct MultiVectorLayout {
  std::filesystem::path encoder;
  /// Behind it, each token's vector for itself.
  std::vector<ModuleFolder> modules;
  bool projects = false;   ///< the encoder's own file has a projection, `linear.weight`
  bool normalize = false;  ///< at the end, though no module says so
  Prompts prompts;
  std::vector<std::string> markers;  ///< tokens that prompts begin with
  LeftOut left_out;
  bool lowercase = false;
  bool mean_similarity = false;  ///< scores are divided by the question's vectors
  std::optional<std::size_t> max_tokens;
  std::optional<std::size_t> query_length;
  std::optional<std::size_t> document_length;
  std::optional<QueryExpansion> expansion;
};

/// Whether the folder says that it holds such a model; false where it can't be read.
bool is_multi_vector(const std::filesystem::path& folder);

Result<MultiVectorLayout> read_multi_vector_layout(const std::filesystem::path& folder);

}  // namespace kindred::embed
