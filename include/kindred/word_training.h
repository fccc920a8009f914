/// Word vectors of one's own, learned from text.
///
/// word2vec (Mikolov et al. 2013, arXiv:1301.3781 and arXiv:1310.4546): words that stand in the
/// same company get vectors that point the same way. Skip-gram learns to tell, from a word near by,
/// the word itself; CBOW from the mean of all words near by. Both learn by negative sampling: the
/// true word against `negative` drawn ones. With `max_ngram` above 0 a word's vector is the mean of
/// its own row and those of its character n-grams (fastText, Bojanowski et al. 2017,
/// arXiv:1607.04606): rare words learn from those that are spelled alike, and words that were never
/// seen have vectors too.
///
///     auto vectors = kindred::train_word_vectors({{"corpus.txt"}}, {.dimensions = 200});
///
/// GloVe (Pennington et al. 2014) counts first how often each two words stand near each other, and
/// learns vectors whose products are the logarithms of the counts; `spectral` takes the singular
/// vectors of such counts (positive pointwise mutual information; Levy et al. 2015), and is the
/// same on every run.
///
/// Text is words between white space, a sentence a line, plain, .gz or .xz, any bytes. By default
/// all threads change the vectors at once without locks (Niu et al. 2011, arXiv:1106.5730), so two
/// runs differ a little. `deterministic` gives the same vectors for the same text, options and
/// seed: one thread then learns.
///
/// Thread safety: any number of calls at once. Cost: `epochs` passes over the text after one that
/// counts its words; memory for two matrices of words x dimensions, of which one has `buckets` more
/// rows where there are n-grams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/word_vectors.h"

namespace kindred {

enum class WordAlgorithm : std::uint8_t { skip_gram, cbow, glove, spectral };

/// "skip-gram", "cbow", "glove" and "spectral"; another name is an error that lists them.
Result<WordAlgorithm> parse_word_algorithm(std::string_view name);

struct WordTraining {
  WordAlgorithm algorithm = WordAlgorithm::skip_gram;
  std::size_t dimensions = 100;
  /// Words on each side at most; each word's own is drawn from 1 on. 0: all of the line, without
  /// order: baskets of items (item2vec, Barkan and Koenigstein 2016, arXiv:1603.04259).
  std::size_t window = 5;
  std::size_t negative = 5;           ///< drawn words for each window, 1 to 63
  bool hierarchical_softmax = false;  ///< instead of drawn words
  std::size_t epochs = 5;             ///< passes over the text
  std::uint64_t min_count = 5;        ///< rarer words get no vector
  /// Words that take more than this share of the text are left out now and then (arXiv:1310.4546,
  /// section 2.3, as word2vec computes it); 0: none are.
  double sample = 1e-3;
  /// At the start, from where it falls to nearly nothing (GloVe's stays); 0: 0.05.
  double learning_rate = 0;
  std::size_t min_ngram = 3;        ///< characters; a word counts as "<word>"
  std::size_t max_ngram = 0;        ///< 0: no n-grams; 6 is fastText's
  std::size_t buckets = 2'000'000;  ///< rows that n-grams are hashed into
  /// Of GloVe: counts above it weigh no more than it.
  double glove_maximum = 100;
  /// Bytes that GloVe and `spectral` may count in; what does not fit goes to temporary files.
  std::size_t memory = std::size_t{4} << 30;
  /// A model to go on from (WordFormat::fasttext, as this or fastText wrote it): its words keep
  /// what they have learned, and those of the text join them. Algorithm, dimensions and n-grams are
  /// its own. Empty: from nothing.
  std::filesystem::path start;
  /// Keep what learning can go on from, and WordFormat::fasttext can write: room for one more
  /// matrix. With n-grams and a start it is always kept.
  bool continuable = false;
  std::uint64_t seed = 1;
  bool deterministic = false;
};

/// Standard input ("-") is refused: the text is read several times. Fails where a file can't be
/// read, no word is left, an option is out of its range, and where `progress` asks for it; that
/// counts bytes first, then words times epochs.
Result<WordVectors> train_word_vectors(std::span<const std::filesystem::path> files,
                                       const WordTraining& options = {},
                                       const Progress& progress = {});

/// When two words that follow each other are one phrase (Mikolov et al. 2013, arXiv:1310.4546,
/// section 4).
struct PhraseOptions {
  /// (count(a b) - min_count) * words / (count(a) count(b)) has to be above it.
  double threshold = 100;
  std::uint64_t min_count = 5;
  std::string delimiter = "_";
  /// Different words, and pairs, that are counted at a time: beyond it the rarest are forgotten.
  std::size_t most_pairs = 100'000'000;
};

/// Writes the text with the words of phrases joined; how many pairs were. Twice in a row it makes
/// phrases of up to four words. Fails where a file can't be read or written, or has no word.
Result<std::uint64_t> join_phrases(std::span<const std::filesystem::path> files,
                                   const std::filesystem::path& output,
                                   const PhraseOptions& options = {});

}  // namespace kindred
