/// A tokenizer of one's own: a vocabulary trained from text, written as a tokenizer.json.
///
/// Three kinds, each with the parts that models of its kind have beside it:
///
/// - word_piece: BERT's. Pairs of neighbouring symbols are merged, the most frequent first, symbols
///   inside a word carry "##" (Schuster and Nakajima 2012; trained as byte pairs are, which is what
///   Hugging Face tokenizers does). BertNormalizer, [CLS] A [SEP].
/// - bpe: GPT-2's, over bytes (Sennrich et al. 2016, arXiv:1508.07909; Radford et al. 2019).
/// - unigram: SentencePiece's (Kudo 2018, arXiv:1804.10959). NFKC, words begin with a meta symbol.
///
///     auto json = kindred::train_tokenizer(files, {.kind = kindred::VocabularyKind::bpe});
///
/// The same texts give the same vocabulary, at any number of threads. Thread safety: any number of
/// calls at once. Cost: a pass over the text, then work on its distinct words; memory for those,
/// never for the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"

namespace kindred {

enum class VocabularyKind : std::uint8_t { word_piece, bpe, unigram };

struct TokenizerTraining {
  VocabularyKind kind = VocabularyKind::word_piece;
  std::size_t vocabulary_size = 30'000;  ///< tokens, special ones counted; fewer in a small corpus
  std::uint64_t min_frequency = 2;       ///< of a pair, to be merged (word_piece and bpe)
  bool lowercase = true;                 ///< word_piece: without case and accents
  /// Instead of the kind's own; those that it needs ([UNK], [CLS] and [SEP]; <unk>) must be there.
  std::optional<std::vector<std::string>> special_tokens = {};
};

/// "wordpiece", "bpe" and "unigram"; another name is an error that lists them.
Result<VocabularyKind> parse_vocabulary_kind(std::string_view name);

/// The text of a tokenizer.json. files: text, each line by itself; "-" is standard input. Fails
/// where a file can't be read, where there is no word in any, where the vocabulary is too small for
/// the special tokens and the alphabet, and where `progress` asks for it; that counts bytes first,
/// then tokens or rounds.
Result<std::string> train_tokenizer(std::span<const std::filesystem::path> files,
                                    const TokenizerTraining& options = {},
                                    const Progress& progress = {});

}  // namespace kindred
