#include "embed/static_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "files/excerpt.h"
#include "files/tensor_source.h"
#include "model/config.h"
#include "model/weight_files.h"

namespace kindred::embed {
namespace {

using files::DataType;
using files::StoredTensor;

/// The table: which row a token has, and how much it counts.
struct Rows {
  model::WeightsFile file;
  const StoredTensor* table = nullptr;  // rows x dimensions
  std::vector<std::uint32_t> mapping;   // of each token; empty: its own id
  std::vector<float> factors;           // of each token; empty: 1

  std::size_t rows() const { return table->shape[0]; }
  std::size_t dimensions() const { return table->shape[1]; }
  std::size_t tokens() const { return mapping.empty() ? rows() : mapping.size(); }

  /// Adds a token's row.
  void add(std::uint32_t token, std::span<float> sum, std::span<float> widened) const {
    const std::size_t row = mapping.empty() ? token : mapping[token];
    const std::byte* from = table->bytes.data() + row * dimensions() * files::bytes_of(table->type);
    if (table->type == DataType::i8) {
      for (std::size_t i = 0; i < widened.size(); ++i)
        widened[i] = static_cast<float>(static_cast<std::int8_t>(from[i]));
    } else {
      files::widen(table->type, from, widened);
    }
    const float factor = factors.empty() ? 1 : factors[token];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += factor * widened[i];
  }
};

/// In what the two kinds differ when texts are read.
struct Reading {
  std::size_t max_tokens = 0;             // 0: as long as a text is
  std::size_t max_characters = 0;         // the same; cut before it is tokenized
  Side side = Side::right;                // the end that is cut
  std::optional<std::uint32_t> left_out;  // the token that doesn't count
};

/// The first `count` characters.
std::string_view beginning(std::string_view text, std::size_t count) {
  if (text.size() <= count) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    const bool first = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (first && seen++ == count) break;
  }
  return text.substr(0, end);
}

class StaticEncoder final : public TextEncoder {
 public:
  StaticEncoder(std::string_view family, Tokenizer tokenizer, Rows rows, const Reading& reading)
      : family_(family),
        tokenizer_(std::move(tokenizer)),
        rows_(std::move(rows)),
        reading_(reading) {}

  const Tokenizer* tokenizer() const override { return &tokenizer_; }
  std::size_t dimensions() const override { return rows_.dimensions(); }

  void describe(ModelDescription& description) const override {
    description.family = family_;
    description.pooling = "mean";
    description.max_tokens =
        reading_.max_tokens == 0 ? std::numeric_limits<std::size_t>::max() : reading_.max_tokens;
    description.vocabulary = rows_.tokens();
    description.parameters = rows_.table->size();
    description.token_embeddings = {.rows = rows_.tokens(), .columns = rows_.dimensions()};
  }
  Matrix token_embeddings() const override {
    Matrix matrix(rows_.tokens(), rows_.dimensions());
    std::vector<float> widened(rows_.dimensions());
    for (std::size_t token = 0; token < matrix.rows(); ++token) {
      std::ranges::fill(matrix.row(token), 0.0F);
      rows_.add(static_cast<std::uint32_t>(token), matrix.row(token), widened);
    }
    return matrix;
  }
  std::vector<std::span<const std::byte>> contents() const override {
    return rows_.file->contents();
  }

  Result<TextTokens> tokenize(std::span<const std::string_view> texts,
                              bool /*offsets*/) const override {
    const auto whole = texts;
    std::vector<std::string_view> cut;
    if (reading_.max_characters > 0) {
      for (const std::string_view text : texts)
        cut.push_back(beginning(text, reading_.max_characters));
      texts = cut;
    }
    TokenBatch tokens =
        KINDRED_TRY(tokenizer_.tokenize(texts, {.max_tokens = reading_.max_tokens,
                                                .special_tokens = false,
                                                .truncation = Truncation{.side = reading_.side}}));
    const auto largest = std::ranges::max_element(tokens.ids);
    if (largest != tokens.ids.end() && *largest >= rows_.tokens())
      return fail(
          ErrorCode::corrupt,
          fmt::format("the tokenizer gives id {} (\"{}\"), the model has {} embeddings", *largest,
                      files::excerpt(tokenizer_.token(*largest)), rows_.tokens()));
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (texts[i].size() < whole[i].size()) tokens.truncated[i] = 1;
    if (reading_.left_out) leave_out(*reading_.left_out, tokens);
    return TextTokens{std::move(tokens), {}};
  }

  /// The reference counts the tokens of a prompt like others.
  Result<std::size_t> skipped_tokens(std::string_view /*prompt*/) const override {
    return std::size_t{0};
  }

  Result<tensor::Tensor> encode(tensor::Workspace& workspace, const TextTokens& tokens,
                                std::span<const std::size_t> texts,
                                std::size_t /*skipped*/) const override {
    tensor::Tensor out = workspace.tensor(texts.size(), dimensions());
    std::vector<float> widened(dimensions());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::span<float> sum(out.row(i), dimensions());
      std::ranges::fill(sum, 0.0F);
      const auto ids = tokens.sequence(texts[i]);
      for (const std::uint32_t id : ids) rows_.add(id, sum, widened);
      for (float& value : sum) value /= static_cast<float>(ids.size());
    }
    return out;
  }

 private:
  static void leave_out(std::uint32_t unwanted, TokenBatch& tokens) {
    std::size_t kept = 0;
    std::size_t begin = 0;
    for (std::size_t text = 0; text < tokens.sequences(); ++text) {
      const std::size_t end = tokens.starts[text + 1];
      for (std::size_t i = begin; i < end; ++i)
        if (tokens.ids[i] != unwanted) tokens.ids[kept++] = tokens.ids[i];
      tokens.starts[text + 1] = kept;
      begin = end;
    }
    tokens.ids.resize(kept);
    tokens.type_ids.assign(kept, 0);
  }

  std::string family_;
  Tokenizer tokenizer_;
  Rows rows_;
  Reading reading_;
};

Result<void> require_shape(const std::filesystem::path& path, const StoredTensor& tensor,
                           bool right, std::string_view what) {
  if (right) return {};
  std::string shape;
  for (const std::size_t size : tensor.shape)
    shape += fmt::format("{}{}", shape.empty() ? "" : " x ", size);
  return fail(ErrorCode::corrupt, fmt::format("{}: tensor \"{}\" is {}, {} is needed",
                                              path.string(), tensor.name, shape, what));
}

/// Whole numbers of any type, each below `limit`.
Result<std::vector<std::uint32_t>> read_mapping(const std::filesystem::path& path,
                                                const StoredTensor& tensor, std::size_t limit) {
  if (tensor.type != DataType::i64 && tensor.type != DataType::i32)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: tensor \"mapping\" is {}, Kindred reads I64 and I32",
                            path.string(), files::name_of(tensor.type)));
  std::vector<std::uint32_t> mapping;
  const std::size_t size = files::bytes_of(tensor.type);
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    std::int64_t row = 0;
    std::int32_t narrow = 0;
    if (size == sizeof row) {
      std::memcpy(&row, tensor.bytes.data() + i * size, size);
    } else {
      std::memcpy(&narrow, tensor.bytes.data() + i * size, size);
      row = narrow;
    }
    if (row < 0 || static_cast<std::uint64_t>(row) >= limit)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: tensor \"mapping\" gives token {} row {}, there are {}",
                              path.string(), i, row, limit));
    mapping.push_back(static_cast<std::uint32_t>(row));
  }
  return mapping;
}

Result<Rows> read_rows(const std::filesystem::path& folder) {
  model::FoundWeights found = KINDRED_TRY(model::find_weights(folder));
  Rows rows;
  rows.file = std::move(found.file);
  for (const char* name : {"embedding.weight", "embeddings"})
    if (rows.table == nullptr) rows.table = rows.file->find(name);
  if (rows.table == nullptr)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: has no tensor \"embedding.weight\" or \"embeddings\"",
                            found.path.string()));
  const StoredTensor& table = *rows.table;
  if (!files::is_real(table.type) && table.type != DataType::i8)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: tensor \"{}\" is {}, embeddings are real numbers or I8",
                            found.path.string(), table.name, files::name_of(table.type)));
  KINDRED_TRY(require_shape(found.path, table, table.shape.size() == 2 && table.size() > 0,
                            "tokens x dimensions"));
  if (const StoredTensor* mapping = rows.file->find("mapping")) {
    KINDRED_TRY(require_shape(found.path, *mapping,
                              mapping->shape.size() == 1 && mapping->size() > 0, "a list"));
    rows.mapping = KINDRED_TRY(read_mapping(found.path, *mapping, table.shape[0]));
  }
  if (const StoredTensor* weights = rows.file->find("weights")) {
    KINDRED_TRY(require_shape(found.path, *weights,
                              weights->shape.size() == 1 && weights->size() == rows.tokens(),
                              fmt::format("{}, a number for each token,", rows.tokens())));
    rows.factors.resize(weights->size());
    KINDRED_TRY(files::copy_as_f32(*weights, rows.factors));
  }
  return rows;
}

/// The token for what a vocabulary doesn't have, as tokenizer.json names it.
Result<std::optional<std::uint32_t>> read_unknown_token(const std::filesystem::path& folder,
                                                        const Tokenizer& tokenizer) {
  const auto json = KINDRED_TRY(model::read_json(folder / "tokenizer.json"));
  const auto no_token = nlohmann::json();
  const auto& model = json.is_object() && json.contains("model") ? json["model"] : no_token;
  if (!model.is_object()) return std::nullopt;
  if (const auto token = model.find("unk_token"); token != model.end() && token->is_string())
    return tokenizer.id(token->get<std::string>());
  if (const auto id = model.find("unk_id"); id != model.end() && id->is_number_unsigned())
    return id->get<std::uint32_t>();
  return std::nullopt;
}

std::size_t characters(std::string_view token) {
  return static_cast<std::size_t>(std::ranges::count_if(
      token, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

/// Characters of a token of middle length: the mean of the two in the middle where there are two,
/// rounded down.
std::size_t median_token_length(const Tokenizer& tokenizer) {
  std::vector<std::size_t> lengths;
  for (std::uint32_t id = 0; id < tokenizer.vocabulary_size(); ++id)
    if (const std::string_view token = tokenizer.token(id); !token.empty())
      lengths.push_back(characters(token));
  if (lengths.empty()) return 0;
  std::ranges::sort(lengths);
  const std::size_t middle = lengths.size() / 2;
  return lengths.size() % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + lengths[middle]) / 2;
}

}  // namespace

Result<std::unique_ptr<const TextEncoder>> open_static_embedding(const Layout& layout) {
  auto tokenizer = KINDRED_TRY(Tokenizer::open(layout.encoder));
  auto rows = KINDRED_TRY(read_rows(layout.encoder));
  // The reference cuts where the tokenizer's own file does.
  const Reading reading{.max_tokens = tokenizer.max_tokens(), .side = tokenizer.truncation().side};
  return std::make_unique<const StaticEncoder>("static", std::move(tokenizer), std::move(rows),
                                               reading);
}

Result<std::unique_ptr<const TextEncoder>> open_model2vec(const Layout& layout) {
  auto tokenizer = KINDRED_TRY(Tokenizer::open(layout.encoder / "tokenizer.json"));
  auto rows = KINDRED_TRY(read_rows(layout.encoder));
  Reading reading{.max_tokens = layout.max_tokens.value_or(0)};
  reading.max_characters = reading.max_tokens * median_token_length(tokenizer);
  reading.left_out = KINDRED_TRY(read_unknown_token(layout.encoder, tokenizer));
  return std::make_unique<const StaticEncoder>("model2vec", std::move(tokenizer), std::move(rows),
                                               reading);
}

}  // namespace kindred::embed
