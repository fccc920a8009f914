/// Texts by their labels: fastText's classifier (Joulin et al. 2016, arXiv:1607.01759).
///
/// A text is the mean of the rows of its words, of its word n-grams and of its words' character
/// n-grams; a linear layer tells the label from it. Training text has a text a line, with one label
/// or more in front of it or anywhere in it:
///
///     __label__baking How do I keep a cake from sinking ?
///
///     auto classifier = kindred::train_text_classifier({{"train.txt"}}, {.word_ngrams = 2});
///     for (const auto& [label, probability] : classifier->predict("why did my cake sink"))
///
/// Words are what stands between white space, as it stands. Files are fastText's own: .bin, and
/// .ftz when quantized().
///
/// Thread safety: a classifier is immutable; use it from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"

namespace kindred {

/// How the label is told from the text's vector. softmax: one of all; hierarchical_softmax: by the
/// way to it through a tree (for thousands of labels); one_versus_all: each label by itself, for
/// texts with several; negative_sampling: the true label against drawn ones.
enum class ClassifierLoss : std::uint8_t {
  softmax,
  hierarchical_softmax,
  one_versus_all,
  negative_sampling
};

/// "softmax", "hs", "ova" and "ns"; another name is an error that lists them.
Result<ClassifierLoss> parse_classifier_loss(std::string_view name);

struct ClassifierTraining {
  ClassifierLoss loss = ClassifierLoss::softmax;
  std::size_t dimensions = 100;
  std::size_t epochs = 5;      ///< passes over the texts, each in an order of its own
  double learning_rate = 0.1;  ///< at the start, from where it falls to 0
  std::uint64_t min_count = 1;
  std::uint64_t min_label_count = 0;
  std::size_t word_ngrams = 1;      ///< words in a row that count as one thing too, at most
  std::size_t min_ngram = 0;        ///< characters of parts of words
  std::size_t max_ngram = 0;        ///< 0: no parts of words
  std::size_t buckets = 2'000'000;  ///< rows that all n-grams are hashed into
  std::size_t negative = 5;         ///< drawn labels, of negative_sampling
  std::string label_prefix = "__label__";
  std::uint64_t seed = 1;
  bool deterministic = false;  ///< the same classifier on every run: one thread learns
};

struct TextLabel {
  std::string_view label;  ///< with its prefix; the classifier's own
  float probability = 0;
};

/// How small a classifier is made.
struct ClassifierQuantization {
  std::size_t values_per_code = 2;  ///< of a row, that become one byte
  /// Rows that stay, those with the longest vectors; 0: all.
  std::size_t cutoff = 0;
  bool quantize_lengths =
      false;                     ///< the lengths of rows by themselves: a byte more, closer to them
  bool quantize_output = false;  ///< the labels' rows too: for many labels
  std::uint64_t seed = 1;
};

/// Of all labels that were found (precision), or looked for (recall), the share that is right.
struct ClassifierScore {
  std::size_t texts = 0;  ///< that had a label
  double precision = 0;
  double recall = 0;
  double f1() const {
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }
};

class TextClassifier {
 public:
  static Result<TextClassifier> open(const std::filesystem::path& path);
  /// Written aside and renamed.
  Result<void> save(const std::filesystem::path& path) const;

  TextClassifier(TextClassifier&&) noexcept;
  TextClassifier& operator=(TextClassifier&&) noexcept;
  ~TextClassifier();

  std::size_t dimensions() const;
  /// The most frequent of the training text first.
  std::vector<std::string_view> labels() const;

  /// The k likeliest labels above a threshold, the likeliest first. Line ends count as white space.
  std::vector<TextLabel> predict(std::string_view text, std::size_t k = 1,
                                 float threshold = 0) const;
  /// The mean of the text's rows, dimensions() values; zeros where it has none.
  std::vector<float> text_vector(std::string_view text) const;

  /// Against the labels of a file of training text, the k likeliest of each text. Fails where the
  /// file can't be read, or no text has a label that is known.
  Result<ClassifierScore> evaluate(const std::filesystem::path& path, std::size_t k = 1,
                                   float threshold = 0) const;

  /// A smaller one that says nearly the same: rows by product quantization (Joulin et al. 2016,
  /// arXiv:1612.03651). With `texts` and a cutoff, what stays learns from these texts again first,
  /// as `training` says. Fails where there are fewer rows than 256, or it is quantized.
  Result<TextClassifier> quantized(const ClassifierQuantization& options = {},
                                   std::span<const std::filesystem::path> texts = {},
                                   const ClassifierTraining& training = {}) const;

  struct Parts;
  explicit TextClassifier(std::unique_ptr<Parts> parts);  ///< of what trains them

 private:
  std::unique_ptr<Parts> parts_;
};

/// Fails where a file can't be read, no text has a label, an option is out of its range, and where
/// `progress` asks for it; that counts texts times epochs. The texts are held in memory, 4 bytes
/// for each of their words and n-grams.
Result<TextClassifier> train_text_classifier(std::span<const std::filesystem::path> files,
                                             const ClassifierTraining& options = {},
                                             const Progress& progress = {});

/// Looks for the options whose classifier finds the labels of `validation` best (F1 of one label a
/// text), by training one after the other for about so many seconds: the given options first, then
/// ones drawn around the best so far, in smaller and smaller steps. Training files as above.
Result<ClassifierTraining> tune_text_classifier(std::span<const std::filesystem::path> files,
                                                const std::filesystem::path& validation,
                                                double seconds,
                                                const ClassifierTraining& options = {},
                                                const Progress& progress = {});

}  // namespace kindred
