/// Static embeddings: a text's vector is the mean of its tokens' rows of one table, each token's
/// row whatever stands around it. As fast as tokenizing.
///
/// Two kinds of folders, whose libraries differ in detail:
///
///     StaticEmbedding  sentence-transformers': `embedding.weight`, all tokens count
///     model2vec        `embeddings`, perhaps with `mapping` (a token's row) and `weights` (a
///                      token's factor); unknown tokens don't count; texts are cut to max_length
///
/// model2vec folders say so in config.json; most are sentence-transformers folders too, and are
/// read as what they say they are. Rows are float32, halves, or whole numbers of 8 bits. A text
/// without tokens has the vector zero.
///
/// Source: model2vec 0.10, sentence-transformers 6.2.
#pragma once

#include <memory>

#include "embed/text_encoder.h"

namespace kindred::embed {

Result<std::unique_ptr<const TextEncoder>> open_static_embedding(const Layout& layout);
Result<std::unique_ptr<const TextEncoder>> open_model2vec(const Layout& layout);

}  // namespace kindred::embed
