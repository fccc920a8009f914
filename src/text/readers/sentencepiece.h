/// A SentencePiece model file (`spiece.model`, `sentencepiece.bpe.model`, `tokenizer.model`): a
/// protocol buffer with the pieces, their scores and kinds, and how texts are normalized.
///
/// Ids are the file's own, as SentencePiece's program gives them, and nothing is put around a text:
/// models that shift ids or frame texts say so in a tokenizer.json, which is to be preferred where
/// there is one. Control pieces ("<s>") never stand in a text. All four models are read: Unigram,
/// BPE, CHAR and WORD. decoders/sentence_piece_decoder.h goes back.
///
/// Errors: what is no such file; a piece that is empty, not UTF-8, or stands twice; none or two
/// that are unknown; bytes that have no pieces where they should; rules that do not fit.
#pragma once

#include <filesystem>
#include <string_view>

#include "kindred/result.h"
#include "text/specification.h"

namespace kindred::text {

/// `name` is the file's, for messages.
Result<TokenizerSpecification> parse_sentencepiece(std::string_view bytes, std::string_view name);
Result<TokenizerSpecification> read_sentencepiece(const std::filesystem::path& path);

}  // namespace kindred::text
