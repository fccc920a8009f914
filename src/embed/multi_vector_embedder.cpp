#include "kindred/multi_vector_embedder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "embed/batching.h"
#include "embed/gathered_tokens.h"
#include "embed/multi_vector_layout.h"
#include "embed/special_token.h"
#include "embed/vector_module.h"
#include "files/excerpt.h"
#include "model/config.h"
#include "model/encoder.h"
#include "model/weights.h"
#include "simd/measure.h"
#include "simd/normalize.h"
#include "tensor/linear.h"

namespace kindred {
namespace {

using embed::MultiVectorLayout;
using tensor::Tensor;

/// How texts of one role are read.
struct Reading {
  std::string prompt;
  std::size_t max_tokens = 0;
  std::size_t expanded = 0;  ///< shorter texts become as long; 0: they stay
  bool attended = true;      ///< what they become longer by is seen by their other tokens
  std::set<std::uint32_t> left_out;
  std::set<std::uint32_t> only;  ///< empty: all

  bool keeps(std::uint32_t id) const {
    return !left_out.contains(id) && (only.empty() || only.contains(id));
  }
};

Result<Reading> read_role(const MultiVectorLayout& layout, TextRole role, std::size_t positions,
                          const Tokenizer& tokenizer) {
  Reading reading;
  reading.prompt = KINDRED_TRY(embed::prompt_for(layout.prompts, {.role = role}));
  const bool query = role == TextRole::query;
  const auto own = query                        ? layout.query_length
                   : role == TextRole::document ? layout.document_length
                                                : std::nullopt;
  reading.max_tokens = own ? *own : layout.max_tokens.value_or(positions);
  if (query && layout.expansion) {
    const embed::QueryExpansion& expansion = *layout.expansion;
    reading.expanded = expansion.length;
    reading.attended = expansion.attended;
    if (expansion.cuts)
      reading.max_tokens = expansion.length;
    else if (own)
      reading.max_tokens = std::max(*own, expansion.length);
  }
  if (reading.expanded > positions)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: makes questions {} tokens long, the encoder has {} positions",
                            layout.encoder.string(), reading.expanded, positions));
  reading.max_tokens = std::min(reading.max_tokens, positions);

  if (query ? layout.left_out.of_queries : layout.left_out.of_documents)
    for (const std::string& word : layout.left_out.words)
      if (const auto id = tokenizer.id(word)) reading.left_out.insert(*id);
  if (!query) reading.only = {layout.left_out.only.begin(), layout.left_out.only.end()};
  return reading;
}

/// The token that questions are filled up with.
Result<std::uint32_t> find_filling(const MultiVectorLayout& layout, const Tokenizer& tokenizer) {
  auto token = layout.expansion->token;
  for (const char* part : {"mask_token", "eos_token"})
    if (!token) token = KINDRED_TRY(embed::read_special_token(layout.encoder, part));
  if (!token) token = "[MASK]";  // as BERT's own tokenizer, whose file need not say it
  const auto id = tokenizer.id(*token);
  if (id) return *id;
  return fail(ErrorCode::unsupported,
              fmt::format("{}: questions are filled up with \"{}\", which is no token",
                          layout.encoder.string(), files::excerpt(*token)));
}

/// Texts that end where they are filled up; those before which padding stands are filled up there.
Result<void> require_padding_behind(const std::filesystem::path& folder) {
  const auto path = folder / "tokenizer_config.json";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return {};
  const auto config = KINDRED_TRY(model::Config::read(path));
  return config.require("padding_side", "right");
}

/// `linear.weight` of the encoder's own file.
Result<std::optional<tensor::Linear>> open_projection(const MultiVectorLayout& layout,
                                                      std::size_t hidden) {
  if (!layout.projects) return std::nullopt;
  const auto weights = KINDRED_TRY(model::Weights::open(layout.encoder, model::Purpose::running));
  const files::StoredTensor* weight = weights.file()->find("linear.weight");
  const std::size_t outputs = weight == nullptr || weight->shape.empty() ? 0 : weight->shape[0];
  return KINDRED_TRY(weights.linear({"linear"}, outputs, hidden, model::Bias::without));
}

}  // namespace

struct MultiVectorEmbedder::Parts {
  std::filesystem::path folder;
  Tokenizer tokenizer;
  model::OpenEncoder model;
  std::optional<tensor::Linear> projection;
  std::vector<std::unique_ptr<const embed::VectorModule>> modules;
  bool normalize = false;
  bool mean_similarity = false;
  std::uint32_t filling = 0;        // of questions that are expanded
  std::array<Reading, 3> readings;  // by TextRole

  std::size_t dimensions() const {
    if (!modules.empty()) return modules.back()->dimensions();
    return projection ? projection->outputs() : model.encoder->shape().hidden;
  }
  const Reading& reading(TextRole role) const { return readings[static_cast<std::size_t>(role)]; }
  Result<TokenBatch> tokenize(std::span<const std::string_view> texts,
                              const Reading& reading) const;
  Tensor encode(tensor::Workspace& workspace, const model::Batch& batch) const;
};

bool MultiVectorEmbedder::recognizes(const std::filesystem::path& folder) {
  return embed::is_multi_vector(folder);
}

Result<MultiVectorEmbedder> MultiVectorEmbedder::open(const std::filesystem::path& folder) {
  const auto layout = KINDRED_TRY(embed::read_multi_vector_layout(folder));
  auto tokenizer = KINDRED_TRY(Tokenizer::open(
      layout.encoder, {.lowercase = layout.lowercase, .special_tokens = layout.markers}));
  auto model = KINDRED_TRY(model::open_encoder(layout.encoder));
  const model::Shape& shape = model.encoder->shape();
  std::uint32_t filling = 0;
  if (layout.expansion) {
    filling = KINDRED_TRY(find_filling(layout, tokenizer));
    KINDRED_TRY(require_padding_behind(layout.encoder));
    if (!layout.expansion->attended && !shape.attends_in_part)
      return fail(ErrorCode::unsupported,
                  fmt::format("{}: fills questions up with tokens that are not attended to, which "
                              "{} can't do",
                              layout.encoder.string(), model.family));
  }
  auto projection = KINDRED_TRY(open_projection(layout, shape.hidden));
  auto parts = std::make_unique<Parts>(layout.encoder, std::move(tokenizer), std::move(model),
                                       std::move(projection));
  parts->normalize = layout.normalize;
  parts->mean_similarity = layout.mean_similarity;
  parts->filling = filling;
  for (const embed::ModuleFolder& module : layout.modules)
    parts->modules.push_back(
        KINDRED_TRY(embed::open_module(module, parts->dimensions(), embed::kTokenEmbeddings)));
  for (const TextRole role : {TextRole::plain, TextRole::query, TextRole::document})
    parts->readings[static_cast<std::size_t>(role)] = KINDRED_TRY(
        read_role(layout, role, parts->model.encoder->shape().positions, parts->tokenizer));
  return MultiVectorEmbedder(std::move(parts));
}

MultiVectorEmbedder::MultiVectorEmbedder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MultiVectorEmbedder::MultiVectorEmbedder(MultiVectorEmbedder&&) noexcept = default;
MultiVectorEmbedder& MultiVectorEmbedder::operator=(MultiVectorEmbedder&&) noexcept = default;
MultiVectorEmbedder::~MultiVectorEmbedder() = default;

std::size_t MultiVectorEmbedder::dimensions() const { return parts_->dimensions(); }
std::size_t MultiVectorEmbedder::max_tokens(TextRole role) const {
  return parts_->reading(role).max_tokens;
}
const Tokenizer& MultiVectorEmbedder::tokenizer() const { return parts_->tokenizer; }

Result<TokenBatch> MultiVectorEmbedder::Parts::tokenize(std::span<const std::string_view> texts,
                                                        const Reading& reading) const {
  const embed::Prompted prompted(texts, reading.prompt);
  TokenBatch tokens = KINDRED_TRY(tokenizer.tokenize(
      prompted.texts(), {.max_tokens = reading.max_tokens,
                         .truncation = Truncation{.side = tokenizer.truncation().side}}));
  KINDRED_TRY(embed::check_tokens(folder, tokenizer, tokens, model.encoder->shape()));
  return tokens;
}

/// The vectors of a batch's tokens.
Tensor MultiVectorEmbedder::Parts::encode(tensor::Workspace& workspace,
                                          const model::Batch& batch) const {
  Tensor vectors = model.encoder->forward(workspace, batch);
  if (projection) vectors = linear(workspace, vectors, *projection);
  for (const auto& module : modules) vectors = module->apply(workspace, std::move(vectors));
  if (normalize)
    for (std::size_t row = 0; row < vectors.rows(); ++row)
      simd::normalize({vectors.row(row), vectors.columns()});
  return vectors;
}

namespace {

/// Texts made longer, and how many tokens each had.
struct Expanded {
  TokenBatch tokens;
  std::vector<std::size_t> lengths;
};

Expanded expand(const TokenBatch& tokens, std::size_t length, std::uint32_t filling) {
  Expanded expanded;
  for (std::size_t i = 0; i < tokens.sequences(); ++i) {
    const auto ids = tokens.sequence(i);
    const auto* types = tokens.type_ids.data() + tokens.starts[i];
    TokenBatch& out = expanded.tokens;
    out.ids.insert(out.ids.end(), ids.begin(), ids.end());
    out.type_ids.insert(out.type_ids.end(), types, types + ids.size());
    const std::size_t end = out.starts.back() + std::max(ids.size(), length);
    out.ids.resize(end, filling);
    out.type_ids.resize(end);
    out.starts.push_back(end);
    expanded.lengths.push_back(ids.size());
  }
  return expanded;
}

}  // namespace

Result<MultiVectors> MultiVectorEmbedder::embed(std::span<const std::string_view> texts,
                                                TextRole role, const Progress& progress) const {
  const Parts& parts = *parts_;
  const Reading& reading = parts.reading(role);
  const std::size_t dimensions = parts.dimensions();
  MultiVectors result;
  std::vector<float> values;  // of all texts so far
  embed::BatchRun run(texts.size(), progress);
  std::vector<tensor::Workspace> workspaces(run.workers());
  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = embed::window_end(texts, first);
    const TokenBatch read = KINDRED_TRY(parts.tokenize(texts.subspan(first, end - first), reading));
    const Expanded expanded = expand(read, reading.expanded, parts.filling);
    const TokenBatch& tokens = expanded.tokens;
    result.tokens += tokens.ids.size();
    result.truncated.insert(result.truncated.end(), read.truncated.begin(), read.truncated.end());
    for (std::size_t i = 0; i < tokens.sequences(); ++i) {
      std::ranges::copy_if(tokens.sequence(i), std::back_inserter(result.ids),
                           [&](std::uint32_t id) { return reading.keeps(id); });
      result.starts.push_back(result.ids.size());
    }
    values.resize(result.ids.size() * dimensions);
    const auto encode = [&](std::span<const std::size_t> batch,
                            std::size_t worker) -> Result<void> {
      const embed::GatheredTokens gathered(tokens, batch);
      model::Batch gathered_batch = gathered.batch();
      std::vector<std::size_t> attended;
      for (const std::size_t text : batch) attended.push_back(expanded.lengths[text]);
      if (reading.expanded > 0 && !reading.attended) gathered_batch.attended = attended;
      const Tensor vectors = parts.encode(workspaces[worker], gathered_batch);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        float* to = values.data() + result.starts[first + batch[i]] * dimensions;
        const auto ids = tokens.sequence(batch[i]);
        for (std::size_t token = 0; token < ids.size(); ++token)
          if (reading.keeps(ids[token]))
            to = std::copy_n(vectors.row(gathered.starts()[i] + token), dimensions, to);
      }
      return {};
    };
    KINDRED_TRY(run.window(tokens, encode));
    first = end;
  }
  result.vectors = Matrix(result.ids.size(), dimensions);
  std::ranges::copy(values, result.vectors.values().begin());
  return result;
}

float MultiVectorEmbedder::similarity(MatrixView query, MatrixView document) const {
  if (query.rows() == 0 || document.rows() == 0) return 0;
  const auto dot_rows = simd::dot_rows();
  std::vector<float> found(document.rows());
  double sum = 0;
  for (std::size_t i = 0; i < query.rows(); ++i) {
    dot_rows(query.row(i).data(), document.data(), document.rows(), document.dimensions(),
             found.data());
    sum += *std::ranges::max_element(found);
  }
  return static_cast<float>(parts_->mean_similarity ? sum / static_cast<double>(query.rows())
                                                    : sum);
}

}  // namespace kindred
