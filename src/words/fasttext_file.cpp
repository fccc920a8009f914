#include "words/fasttext_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "files/excerpt.h"
#include "words/word_files.h"

namespace kindred::words {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

constexpr std::int32_t kMagic = 793712314;
constexpr std::int32_t kVersion = 12;
/// Classifiers of this version had no character n-grams yet.
constexpr std::int32_t kVersionWithoutNgrams = 11;
constexpr std::int32_t kMostWordNgrams = 100;
constexpr std::int8_t kLabelEntry = 1;

class Reader {
 public:
  Reader(std::span<const std::byte> file, std::shared_ptr<const void> owner, std::string_view name)
      : left_(file), owner_(std::move(owner)), name_(name) {}

  Result<FastTextModel> read() {
    KINDRED_TRY(read_settings());
    KINDRED_TRY(read_dictionary());
    const std::uint8_t quantized = old_ ? 0 : KINDRED_TRY(take<std::uint8_t>());
    model_.input = KINDRED_TRY(read_matrix(quantized != 0));
    const std::size_t buckets = model_.kept_buckets
                                    ? model_.kept_buckets->size()
                                    : static_cast<std::size_t>(model_.settings.buckets);
    if (model_.input.rows() != model_.words.size() + buckets)
      return corrupt(fmt::format("has {} rows for {} words and {} buckets", model_.input.rows(),
                                 model_.words.size(), buckets));
    const std::uint8_t output_quantized = old_ ? 0 : KINDRED_TRY(take<std::uint8_t>());
    model_.output = KINDRED_TRY(read_matrix(quantized != 0 && output_quantized != 0));
    const std::size_t outputs = model_.settings.kind == FastTextKind::classifier
                                    ? model_.labels.size()
                                    : model_.words.size();
    if (model_.output.rows() != outputs)
      return corrupt(fmt::format("has {} rows for {} outputs", model_.output.rows(), outputs));
    return std::move(model_);
  }

 private:
  std::unexpected<Error> corrupt(std::string_view problem) const {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", name_, problem));
  }

  Result<std::span<const std::byte>> take_bytes(std::size_t count) {
    if (count > left_.size()) return corrupt("ends too early for a model of fastText");
    const auto bytes = left_.first(count);
    left_ = left_.subspan(count);
    return bytes;
  }

  template <typename T>
  Result<T> take() {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = KINDRED_TRY(take_bytes(sizeof(T)));
    T value{};
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }

  /// A number of things that take `bytes` of the file each, at least.
  template <typename T>
  Result<std::size_t> take_count(std::string_view what, std::size_t bytes) {
    const T count = KINDRED_TRY(take<T>());
    if (count < 0 || static_cast<std::uint64_t>(count) > left_.size() / bytes)
      return corrupt(fmt::format("promises {} {}, and is too short for them", count, what));
    return static_cast<std::size_t>(count);
  }

  template <typename T>
  Result<std::vector<T>> take_array(std::size_t count) {
    if (count > left_.size() / sizeof(T)) return corrupt("ends too early for a model of fastText");
    const auto bytes = KINDRED_TRY(take_bytes(count * sizeof(T)));
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  Result<void> read_settings() {
    std::int32_t version = 0;
    const auto first = KINDRED_TRY(take<std::int32_t>());
    FastTextSettings& settings = model_.settings;
    old_ = first != kMagic;
    if (!old_) {
      version = KINDRED_TRY(take<std::int32_t>());
      if (version > kVersion || version < kVersionWithoutNgrams)
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: is version {} of fastText's files, known are {} and {}", name_,
                                version, kVersionWithoutNgrams, kVersion));
    }
    settings.dimensions = old_ ? first : KINDRED_TRY(take<std::int32_t>());
    settings.window = KINDRED_TRY(take<std::int32_t>());
    settings.epochs = KINDRED_TRY(take<std::int32_t>());
    settings.min_count = KINDRED_TRY(take<std::int32_t>());
    settings.negative = KINDRED_TRY(take<std::int32_t>());
    settings.word_ngrams = KINDRED_TRY(take<std::int32_t>());
    const auto loss = KINDRED_TRY(take<std::int32_t>());
    const auto kind = KINDRED_TRY(take<std::int32_t>());
    settings.buckets = KINDRED_TRY(take<std::int32_t>());
    settings.min_ngram = KINDRED_TRY(take<std::int32_t>());
    settings.max_ngram = KINDRED_TRY(take<std::int32_t>());
    settings.rate_updates = KINDRED_TRY(take<std::int32_t>());
    settings.sample = KINDRED_TRY(take<double>());
    if (settings.dimensions < 1 || static_cast<std::size_t>(settings.dimensions) > kMostDimensions)
      return corrupt(fmt::format("says that its vectors have {} dimensions", settings.dimensions));
    if (loss < 1 || loss > 4 || kind < 1 || kind > 3 || settings.buckets < 0 ||
        settings.min_ngram < 0 || settings.max_ngram < 0 ||
        static_cast<std::size_t>(settings.max_ngram) > kLongestNgram || settings.word_ngrams < 0 ||
        settings.word_ngrams > kMostWordNgrams)
      return corrupt("has settings that no model of fastText has");
    settings.loss = static_cast<FastTextLoss>(loss);
    settings.kind = static_cast<FastTextKind>(kind);
    if (version == kVersionWithoutNgrams && settings.kind == FastTextKind::classifier)
      settings.max_ngram = 0;
    return {};
  }

  Result<void> read_entry(std::size_t words, std::size_t number) {
    const auto* const begin = reinterpret_cast<const char*>(left_.data());
    const auto* const end = static_cast<const char*>(std::memchr(begin, 0, left_.size()));
    if (end == nullptr) return corrupt("ends within its words");
    const std::string_view text(begin, static_cast<std::size_t>(end - begin));
    KINDRED_TRY(take_bytes(text.size() + 1));
    const auto count = KINDRED_TRY(take<std::int64_t>());
    const auto type = KINDRED_TRY(take<std::int8_t>());
    const bool label = number >= words;
    if ((type == kLabelEntry) != label || count < 0)
      return corrupt(fmt::format("entry {} of its words is damaged", number + 1));
    WordTable& table = label ? model_.labels : model_.words;
    if (table.find(text))
      return corrupt(fmt::format("\"{}\" stands among its words twice", files::excerpt(text)));
    table.add(text, static_cast<std::uint64_t>(count));
    return {};
  }

  Result<void> read_dictionary() {
    // An entry without letters is its zero, its count and its type.
    constexpr std::size_t kLeastEntry = 10;
    const std::size_t entries = KINDRED_TRY(take_count<std::int32_t>("words", kLeastEntry));
    const auto words = KINDRED_TRY(take<std::int32_t>());
    const auto labels = KINDRED_TRY(take<std::int32_t>());
    model_.corpus_words = static_cast<std::uint64_t>(KINDRED_TRY(take<std::int64_t>()));
    const std::int64_t pruned = old_ ? -1 : KINDRED_TRY(take<std::int64_t>());
    if (words < 0 || labels < 0 ||
        static_cast<std::uint64_t>(words) + static_cast<std::uint64_t>(labels) != entries)
      return corrupt(
          fmt::format("has {} entries for {} words and {} labels", entries, words, labels));
    for (std::size_t i = 0; i < entries; ++i)
      KINDRED_TRY(read_entry(static_cast<std::size_t>(words), i));
    if (pruned < 0) return {};
    struct Kept {
      std::uint32_t bucket;
      std::uint32_t row;
    };
    if (static_cast<std::uint64_t>(pruned) > left_.size() / sizeof(Kept))
      return corrupt(fmt::format("promises {} buckets, and is too short for them", pruned));
    auto& kept = model_.kept_buckets.emplace();
    for (const Kept& one : KINDRED_TRY(take_array<Kept>(static_cast<std::size_t>(pruned))))
      if (one.row >= static_cast<std::uint64_t>(pruned) ||
          !kept.emplace(one.bucket, one.row).second)
        return corrupt("its kept buckets are damaged");
    return {};
  }

  Result<FastTextMatrix> read_matrix(bool quantized) {
    return quantized ? read_quantized() : read_dense();
  }

  /// Rows and dimensions; a row takes `bytes` of the file, at least.
  Result<std::size_t> take_shape(std::size_t bytes) {
    const std::size_t rows = KINDRED_TRY(take_count<std::int64_t>("rows", bytes));
    const auto dimensions = KINDRED_TRY(take<std::int64_t>());
    if (dimensions != model_.settings.dimensions)
      return corrupt(fmt::format("has rows of {} values in a model of {} dimensions", dimensions,
                                 model_.settings.dimensions));
    return rows;
  }

  Result<FastTextMatrix> read_dense() {
    const auto dimensions = static_cast<std::size_t>(model_.settings.dimensions);
    const std::size_t stride = dimensions * sizeof(float);
    const std::size_t rows = KINDRED_TRY(take_shape(1));
    if (rows > left_.size() / stride)
      return corrupt(fmt::format("promises {} rows, and is too short for them", rows));
    const auto bytes = KINDRED_TRY(take_bytes(rows * stride));
    return FastTextMatrix(rows, dimensions, DenseRows{owner_, bytes.data(), stride});
  }

  Result<ProductQuantizer> read_quantizer(std::size_t dimensions) {
    const auto stated = KINDRED_TRY(take<std::int32_t>());
    const auto pieces = KINDRED_TRY(take<std::int32_t>());
    const auto piece = KINDRED_TRY(take<std::int32_t>());
    const auto last_piece = KINDRED_TRY(take<std::int32_t>());
    if (stated < 1 || static_cast<std::size_t>(stated) != dimensions || pieces < 1 || piece < 1 ||
        last_piece < 1 || last_piece > piece ||
        static_cast<std::int64_t>(pieces - 1) * piece + last_piece != stated)
      return corrupt("its quantizer does not fit its dimensions");
    ProductQuantizer quantizer{.dimensions = dimensions,
                               .piece = static_cast<std::size_t>(piece),
                               .last_piece = static_cast<std::size_t>(last_piece),
                               .centroids = {}};
    quantizer.centroids = KINDRED_TRY(take_array<float>(dimensions * ProductQuantizer::kCentroids));
    return quantizer;
  }

  Result<FastTextMatrix> read_quantized() {
    const auto dimensions = static_cast<std::size_t>(model_.settings.dimensions);
    const auto with_lengths = KINDRED_TRY(take<std::uint8_t>());
    const std::size_t rows = KINDRED_TRY(take_shape(1));
    QuantizedRows values;
    const std::size_t codes = KINDRED_TRY(take_count<std::int32_t>("codes", 1));
    values.codes = KINDRED_TRY(take_array<std::uint8_t>(codes));
    values.quantizer = KINDRED_TRY(read_quantizer(dimensions));
    if (codes != rows * values.quantizer.pieces())
      return corrupt(fmt::format("has {} codes for {} rows", codes, rows));
    if (with_lengths != 0) {
      values.length_codes = KINDRED_TRY(take_array<std::uint8_t>(rows));
      values.lengths = KINDRED_TRY(read_quantizer(1));
    }
    return FastTextMatrix(rows, dimensions, std::move(values));
  }

  std::span<const std::byte> left_;
  std::shared_ptr<const void> owner_;
  std::string_view name_;
  bool old_ = false;  // from before there was a magic number
  FastTextModel model_;
};

/// Gathers bytes and hands them on in large pieces.
class Writer {
 public:
  explicit Writer(base::WritableFile& file) : file_(file) {}

  template <typename T>
  Result<void> put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    return put_bytes(std::as_bytes(std::span(&value, 1)));
  }
  template <typename T>
  Result<void> put_all(const std::vector<T>& values) {
    return put_bytes(std::as_bytes(std::span(values)));
  }
  Result<void> put_bytes(std::span<const std::byte> bytes) {
    if (zeros_ > 0) KINDRED_TRY(settle_zeros());
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return buffer_.size() < kBuffer ? Result<void>() : flush();
  }
  /// Many zeros at a time become a hole of the file.
  Result<void> put_zeros(std::size_t count) {
    zeros_ += count;
    return {};
  }
  Result<void> flush() {
    KINDRED_TRY(settle_zeros());
    KINDRED_TRY(file_.write(buffer_));
    buffer_.clear();
    return {};
  }

 private:
  static constexpr std::size_t kBuffer = std::size_t{1} << 20;
  static constexpr std::size_t kLeastHole = std::size_t{1} << 13;

  Result<void> settle_zeros() {
    const std::size_t count = std::exchange(zeros_, 0);
    if (count < kLeastHole) {
      buffer_.resize(buffer_.size() + count);
      return {};
    }
    KINDRED_TRY(file_.write(buffer_));
    buffer_.clear();
    return file_.write_zeros(count);
  }

  base::WritableFile& file_;
  std::vector<std::byte> buffer_;
  std::size_t zeros_ = 0;  // behind the buffer
};

Result<void> write_settings(Writer& out, const FastTextSettings& settings) {
  for (const std::int32_t number :
       {kMagic, kVersion, settings.dimensions, settings.window, settings.epochs, settings.min_count,
        settings.negative, settings.word_ngrams, static_cast<std::int32_t>(settings.loss),
        static_cast<std::int32_t>(settings.kind), settings.buckets, settings.min_ngram,
        settings.max_ngram, settings.rate_updates})
    KINDRED_TRY(out.put(number));
  return out.put(settings.sample);
}

Result<void> write_entries(Writer& out, const WordTable& table, std::int8_t type) {
  for (std::size_t id = 0; id < table.size(); ++id) {
    KINDRED_TRY(out.put_bytes(std::as_bytes(std::span(table.word(id)))));
    KINDRED_TRY(out.put('\0'));
    KINDRED_TRY(out.put(static_cast<std::int64_t>(table.count(id))));
    KINDRED_TRY(out.put(type));
  }
  return {};
}

Result<void> write_dictionary(Writer& out, const FastTextModel& model) {
  const auto words = static_cast<std::int32_t>(model.words.size());
  const auto labels = static_cast<std::int32_t>(model.labels.size());
  for (const std::int32_t number : {words + labels, words, labels}) KINDRED_TRY(out.put(number));
  KINDRED_TRY(out.put(static_cast<std::int64_t>(model.corpus_words)));
  KINDRED_TRY(out.put(model.kept_buckets ? static_cast<std::int64_t>(model.kept_buckets->size())
                                         : std::int64_t{-1}));
  KINDRED_TRY(write_entries(out, model.words, 0));
  KINDRED_TRY(write_entries(out, model.labels, kLabelEntry));
  if (!model.kept_buckets) return {};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> kept(model.kept_buckets->begin(),
                                                            model.kept_buckets->end());
  std::ranges::sort(kept);  // so that a model has one file
  for (const auto& [bucket, row] : kept) {
    KINDRED_TRY(out.put(bucket));
    KINDRED_TRY(out.put(row));
  }
  return {};
}

Result<void> write_quantizer(Writer& out, const ProductQuantizer& quantizer) {
  for (const std::size_t number :
       {quantizer.dimensions, quantizer.pieces(), quantizer.piece, quantizer.last_piece})
    KINDRED_TRY(out.put(static_cast<std::int32_t>(number)));
  return out.put_all(quantizer.centroids);
}

Result<void> write_matrix(Writer& out, const FastTextMatrix& matrix) {
  const auto rows = static_cast<std::int64_t>(matrix.rows());
  const auto dimensions = static_cast<std::int64_t>(matrix.dimensions());
  const QuantizedRows* quantized = matrix.quantized();
  if (quantized != nullptr)
    KINDRED_TRY(out.put(static_cast<std::uint8_t>(quantized->lengths.has_value())));
  KINDRED_TRY(out.put(rows));
  KINDRED_TRY(out.put(dimensions));
  if (quantized == nullptr) {
    std::vector<float> row(matrix.dimensions());
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      matrix.copy_row(i, row);
      // Rows of buckets that no n-gram came to.
      const bool zeros = std::ranges::all_of(row, [](float value) { return value == 0; });
      KINDRED_TRY(zeros ? out.put_zeros(row.size() * sizeof(float)) : out.put_all(row));
    }
    return {};
  }
  KINDRED_TRY(out.put(static_cast<std::int32_t>(quantized->codes.size())));
  KINDRED_TRY(out.put_all(quantized->codes));
  KINDRED_TRY(write_quantizer(out, quantized->quantizer));
  if (!quantized->lengths) return {};
  KINDRED_TRY(out.put_all(quantized->length_codes));
  return write_quantizer(out, *quantized->lengths);
}

}  // namespace

bool is_fasttext(std::span<const std::byte> file) {
  const auto number = [&](std::size_t place) {
    std::int32_t value = 0;
    std::memcpy(&value, file.data() + place * sizeof(value), sizeof(value));
    return value;
  };
  constexpr std::size_t kSettings = 12;
  if (file.size() < kSettings * sizeof(std::int32_t)) return false;
  if (number(0) == kMagic) return true;
  // The oldest begin with their settings: dimensions first, loss seventh, kind eighth.
  return number(0) >= 1 && static_cast<std::size_t>(number(0)) <= kMostDimensions &&
         number(6) >= 1 && number(6) <= 4 && number(7) >= 1 && number(7) <= 3;
}

Result<FastTextModel> parse_fasttext(std::span<const std::byte> file,
                                     std::shared_ptr<const void> owner, std::string_view name) {
  return Reader(file, std::move(owner), name).read();
}

Result<void> write_fasttext(base::WritableFile& file, const FastTextModel& model) {
  Writer out(file);
  KINDRED_TRY(write_settings(out, model.settings));
  KINDRED_TRY(write_dictionary(out, model));
  const bool quantized = model.input.quantized() != nullptr;
  KINDRED_TRY(out.put(static_cast<std::uint8_t>(quantized)));
  KINDRED_TRY(write_matrix(out, model.input));
  KINDRED_TRY(out.put(static_cast<std::uint8_t>(model.output.quantized() != nullptr)));
  KINDRED_TRY(write_matrix(out, model.output));
  return out.flush();
}

}  // namespace kindred::words
