/// The tokenizer in a GGUF file: `tokenizer.ggml.model` and its sisters.
///
/// Four kinds are read: "bert" (WordPiece, whose tokens stand with "\u2581" before a word's first
/// piece), "gpt2" (byte-level BPE with merges, cut as `tokenizer.ggml.pre` says), "llama"
/// (SentencePiece's BPE, by scores) and "t5" (SentencePiece's Unigram). They are put together as a
/// tokenizer.json or a SentencePiece model and read as those are. Which tokens stand around a text
/// is said by add_bos_token and add_eos_token.
///
/// The file doesn't say whether BERT's texts are lowered: they are, unless a token has a capital
/// letter.
#pragma once

#include <filesystem>

#include "files/gguf.h"
#include "kindred/result.h"
#include "text/specification.h"

namespace kindred::text {

Result<TokenizerSpecification> parse_gguf_vocabulary(const files::Gguf& gguf);
Result<TokenizerSpecification> read_gguf_vocabulary(const std::filesystem::path& path);

}  // namespace kindred::text
