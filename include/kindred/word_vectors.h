/// Words and their vectors, in the order of their file: most frequent words first, where training
/// made it.
///
///     auto vectors = kindred::WordVectors::open("glove.6B.50d.txt");
///     for (const auto& hit : vectors->nearest(vectors->vector(*vectors->find("river")), {.k = 5}))
///       std::cout << vectors->word(hit.id) << " " << hit.score << "\n";
///
/// Files, told apart by what they hold: word2vec's text (a line of counts, then a word and its
/// numbers a line; fastText's .vec is the same), word2vec's binary, GloVe's text (without the
/// counts), and fastText's models (.bin and .ftz), which make vectors of words that they have not
/// seen too; and NumPy's .npy with the words beside it, a word a line in a file of the same name
/// that ends in .txt. Words are bytes, UTF-8 or not.
///
/// Thread safety: immutable; use from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kindred/matrix.h"
#include "kindred/result.h"

namespace kindred {

/// A word by its place, and how near it is.
struct WordHit {
  std::size_t id = 0;
  float score = 0;  ///< the cosine, unless said otherwise; larger is nearer
};

struct NearestWords {
  std::size_t k = 10;
  std::size_t restrict_to = 0;                  ///< only the first so many words; 0: all
  std::span<const std::size_t> leave_out = {};  ///< words that don't count as hits
};

/// A word and how much of it, in a sum of words.
struct SignedWord {
  std::string_view word;
  float weight = 1;
};

enum class WordFormat : std::uint8_t { word2vec_text, word2vec_binary, glove_text, fasttext, npy };

/// "text", "binary", "glove", "fasttext" and "npy"; another name is an error that lists them.
Result<WordFormat> parse_word_format(std::string_view name);

/// A part of a word that has a vector of its own: a row of a fastText model.
struct Subword {
  std::string text;
  std::vector<float> vector;
};

class WordVectors {
 public:
  static Result<WordVectors> open(const std::filesystem::path& path);
  /// One row for each word. Fails where their numbers differ, a word stands twice or has white
  /// space in it (no file could hold it), or a value is not finite.
  static Result<WordVectors> make(std::span<const std::string_view> words, Matrix vectors);
  /// Written aside and renamed; of .npy the words come first. Fails for `fasttext` where there is
  /// no such model in it.
  Result<void> save(const std::filesystem::path& path, WordFormat format) const;

  WordVectors(WordVectors&&) noexcept;
  WordVectors& operator=(WordVectors&&) noexcept;
  ~WordVectors();

  std::size_t size() const;
  std::size_t dimensions() const;
  std::string_view word(std::size_t id) const;
  std::optional<std::size_t> find(std::string_view word) const;
  std::span<const float> vector(std::size_t id) const;
  MatrixView vectors() const;

  /// A word's vector, of a fastText model that of a word it has not seen too; nothing where there
  /// is none.
  std::optional<std::vector<float>> vector_of(std::string_view word) const;
  /// What vector_of() is the mean of: the word itself, where it is known, and its n-grams. Empty
  /// where words have no parts.
  std::vector<Subword> subwords(std::string_view word) const;

  /// The sum of words at unit length, each times its weight: "king - man + woman", of which
  /// nearest() gives what 3CosAdd does (Mikolov et al. 2013, NAACL; Levy and Goldberg 2014). Fails
  /// where a word has no vector, and vector_of() makes none.
  Result<std::vector<float>> combined(std::span<const SignedWord> words) const;

  /// The words whose vectors have the largest cosine with `query` (dimensions() values), ties by
  /// place. Exact; the first call brings all vectors to unit length, in memory as large as theirs.
  std::vector<WordHit> nearest(std::span<const float> query,
                               const NearestWords& options = {}) const;

  struct Parts;
  explicit WordVectors(std::unique_ptr<Parts> parts);  ///< of what trains them

 private:
  std::unique_ptr<Parts> parts_;
};

/// The cosine of two vectors of one length; 0 where one is all zeros.
float cosine(std::span<const float> one, std::span<const float> other);

/// Of some words, the place of the one that does not match: whose cosine with the mean of all, at
/// unit length, is the smallest. Fails where there are fewer than two, or one has no vector.
Result<std::size_t> odd_one_out(const WordVectors& vectors,
                                std::span<const std::string_view> words);

/// Vectors whose means over the words of a sentence are its vector by smooth inverse frequency
/// (Arora et al. 2017): each times a / (a + its word's share of the texts), and without what the
/// sentences' vectors have most in common (unless `keep_common`). Texts as train_word_vectors()
/// takes them. Fails where a text can't be read, or has no word with a vector.
Result<WordVectors> sif_weighted(const WordVectors& vectors,
                                 std::span<const std::filesystem::path> texts, double a = 1e-3,
                                 bool keep_common = false);

/// What a picture of words shows.
struct WordPicture {
  std::vector<std::string_view> words;
  /// From a word to another, drawn as well: those of an analogy point the same way.
  std::vector<std::pair<std::string_view, std::string_view>> arrows;
};

/// Writes an SVG of words by the two largest principal components of their vectors at unit length;
/// labels don't lie over each other. Fails where a word has no vector, there are fewer than two, or
/// more than 2,000.
Result<void> draw_words(const WordVectors& vectors, const WordPicture& picture,
                        const std::filesystem::path& path);

/// Questions "a is to b as c is to what?", by the section of their file.
struct AnalogySection {
  std::string name;
  std::size_t asked = 0;     ///< questions whose four words all have vectors
  std::size_t correct = 0;   ///< of these
  std::size_t left_out = 0;  ///< the others

  double accuracy() const {
    return asked == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(asked);
  }
};

struct AnalogyResult {
  std::vector<AnalogySection> sections;
  AnalogySection total;
};

/// How the answer x to "a is to b as c is to what?" is found, all vectors at unit length:
/// cos_add: the largest cosine of x with b - a + c (Mikolov et al. 2013, NAACL);
/// cos_mul: the largest cos(x, b) cos(x, c) / cos(x, a), cosines brought to [0, 1] (Levy and
/// Goldberg 2014, 3CosMul); pair_direction: the largest cosine of x - c with b - a (Mikolov et al.
/// 2013). x is none of the three.
enum class AnalogyMethod : std::uint8_t { cos_add, cos_mul, pair_direction };

/// "cos-add", "cos-mul" and "pair-direction"; another name is an error that lists them.
Result<AnalogyMethod> parse_analogy_method(std::string_view name);

struct AnalogyOptions {
  AnalogyMethod method = AnalogyMethod::cos_add;
  std::size_t restrict_to = 0;  ///< only the first so many words are known, and answers; 0: all
  std::size_t k = 1;            ///< answers to one question
};

/// The k best answers to one question, with what the method scores them, best first (of cos_add,
/// the product with b - a + c).
std::vector<WordHit> answer_analogy(const WordVectors& vectors, std::size_t a, std::size_t b,
                                    std::size_t c, const AnalogyOptions& options = {});

/// Answers a file of analogies (word2vec's questions-words.txt: ": section" lines, and lines of
/// four words). A word is looked up as it stands, then with its ASCII letters lowered. Fails where
/// the file can't be read, or has another line in it.
Result<AnalogyResult> evaluate_analogies(const WordVectors& vectors,
                                         const std::filesystem::path& path,
                                         const AnalogyOptions& options = {});

/// How the cosines of pairs go with what people said of them.
struct SimilarityResult {
  double spearman = 0;  ///< correlation of ranks, those of equal values shared
  double pearson = 0;
  std::size_t pairs = 0;     ///< that both words have vectors for
  std::size_t left_out = 0;  ///< the others
};

/// A file of lines "word, word, score", between tabs or blanks; lines that begin with # are left
/// out. Words are looked up as by evaluate_analogies(). Fails where the file can't be read, or has
/// another line in it, or fewer than two pairs are known.
Result<SimilarityResult> evaluate_similarity(const WordVectors& vectors,
                                             const std::filesystem::path& path);

}  // namespace kindred
