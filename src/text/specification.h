/// What a tokenizer is made of: what the readers (readers/) find in a model's files, and a Pipeline
/// runs.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "kindred/tokenizer.h"
#include "text/added_tokens.h"
#include "text/decoders/decoder.h"
#include "text/models/model.h"
#include "text/normalizers/normalizer.h"
#include "text/post_processors/frame.h"
#include "text/pre_tokenizers/pre_tokenizer.h"
#include "text/vocabulary.h"

namespace kindred::text {

struct TokenizerSpecification {
  Vocabulary vocabulary;  ///< the model's tokens and the added ones
  std::vector<AddedToken> added;
  std::vector<std::unique_ptr<const Normalizer>> normalizers;       ///< in their order
  std::vector<std::unique_ptr<const PreTokenizer>> pre_tokenizers;  ///< in their order
  std::unique_ptr<const Model> model;                               ///< not null
  Frames frames;
  std::vector<std::unique_ptr<const Decoder>> decoders;  ///< in their order
  std::size_t max_tokens = 0;      ///< what the files ask for, 0 where they don't say
  Truncation truncation;           ///< how the files cut
  std::optional<Padding> padding;  ///< how the files pad, if they say so
};

/// All of `normalizers`, in order. `spare` is memory to work in.
void normalize(const std::vector<std::unique_ptr<const Normalizer>>& normalizers,
               NormalizedText& text, NormalizedText& spare);

}  // namespace kindred::text
