#include "kindred/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "text/framer.h"
#include "text/normalizers/lowercase.h"
#include "text/pipeline.h"
#include "text/readers/gguf_vocabulary.h"
#include "text/readers/sentencepiece.h"
#include "text/readers/tiktoken.h"
#include "text/readers/tokenizer_json.h"
#include "text/readers/vocab_json.h"
#include "text/readers/vocab_txt.h"
#include "text/scratch_pool.h"
#include "text/text_error.h"

namespace kindred {

using text::Pipeline;

struct Tokenizer::Parts {
  explicit Parts(text::TokenizerSpecification specification)
      : pipeline(std::move(specification)), scratches(pipeline) {
    const auto& parts = pipeline.specification();
    text::NormalizedText content;
    text::NormalizedText spare;
    for (const text::AddedToken& token : parts.added) {
      content.assign(token.content, 0, /*keep_origins=*/false);
      if (token.normalized) text::normalize(parts.normalizers, content, spare);
      added[token.id] = {.text = content.text, .special = token.special};
    }
  }
  Pipeline pipeline;
  mutable text::ScratchPool scratches;
  /// What an added token is when it is decoded: as texts look where it is found.
  struct Added {
    std::string text;
    bool special = false;
  };
  std::unordered_map<std::uint32_t, Added> added;
};

namespace {

/// Bytes of text that one item of a parallel loop takes.
constexpr std::size_t kBytesPerItem = std::size_t{1} << 16;

/// Texts [first, last) of those given.
struct Item {
  std::size_t first, last;
};

/// The texts of a call: singles, or pairs where `second` is not empty.
struct Texts {
  std::span<const std::string_view> first;
  std::span<const std::string_view> second;
  std::size_t bytes(std::size_t i) const {
    return first[i].size() + (second.empty() ? 0 : second[i].size());
  }
};

std::vector<Item> split(const Texts& texts) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < texts.first.size();) {
    Item item{i, i};
    for (std::size_t bytes = 0; item.last < texts.first.size() && bytes < kBytesPerItem;
         ++item.last)
      bytes += texts.bytes(item.last) + 1;
    items.push_back(item);
    i = item.last;
  }
  return items;
}

/// All parts, one after the other, each copied by whoever is free.
TokenBatch joined(const std::vector<TokenBatch>& parts) {
  // Where each part begins, and what all have: tokens, and sequences.
  std::vector<std::size_t> tokens(parts.size() + 1);
  std::vector<std::size_t> sequences(parts.size() + 1);
  bool offsets = false;
  bool sources = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    tokens[i + 1] = tokens[i] + parts[i].ids.size();
    sequences[i + 1] = sequences[i] + parts[i].sequences();
    offsets = offsets || !parts[i].offsets.empty();
    sources = sources || !parts[i].sources.empty();
  }
  TokenBatch out;
  out.ids.resize(tokens.back());
  out.type_ids.resize(tokens.back());
  if (offsets) out.offsets.resize(tokens.back());
  out.starts.resize(sequences.back() + 1);
  out.truncated.resize(sequences.back());
  if (sources) out.sources.resize(sequences.back());
  base::parallel_for(parts.size(), [&](std::size_t i, std::size_t) {
    const TokenBatch& part = parts[i];
    const auto copy = [](const auto& from, auto& to, std::size_t begin) {
      std::ranges::copy(from, to.begin() + static_cast<std::ptrdiff_t>(begin));
    };
    copy(part.ids, out.ids, tokens[i]);
    copy(part.type_ids, out.type_ids, tokens[i]);
    copy(part.offsets, out.offsets, tokens[i]);
    copy(part.truncated, out.truncated, sequences[i]);
    copy(part.sources, out.sources, sequences[i]);
    for (std::size_t j = 0; j < part.sequences(); ++j)
      out.starts[sequences[i] + j + 1] = tokens[i] + part.starts[j + 1];
  });
  return out;
}

Result<TokenBatch> tokenize_all(const Pipeline& pipeline, text::ScratchPool& scratches,
                                const Texts& texts, bool pair, const TokenizeOptions& options) {
  KINDRED_TRY(text::Framer(pipeline, *scratches.take(), options, pair).check());
  for (std::size_t i = 0; i < texts.first.size(); ++i)
    if (texts.bytes(i) > std::numeric_limits<std::uint32_t>::max())
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("text {} has {} bytes, at most 4 GiB are possible", i, texts.bytes(i)));

  const std::vector<Item> items = split(texts);
  std::vector<TokenBatch> parts(items.size());
  std::vector<std::string> failures(items.size());
  base::parallel_for(items.size(), [&](std::size_t item, std::size_t) {
    const auto scratch = scratches.take();
    text::Framer framer(pipeline, *scratch, options, pair);
    std::size_t i = items[item].first;
    try {
      for (; i < items[item].last; ++i) {
        const auto added =
            framer.add(i, texts.first[i], pair ? texts.second[i] : std::string_view(), parts[item]);
        if (!added) {
          failures[item] = fmt::format("text {}: {}", i, added.error().message);
          break;
        }
      }
    } catch (const text::TextError& error) {
      failures[item] = fmt::format("text {}: {}", i, error.what());
    }
  });
  for (const std::string& failure : failures)
    if (!failure.empty()) return fail(ErrorCode::invalid_argument, failure);
  if (parts.size() == 1) return std::move(parts.front());
  return joined(parts);
}

bool has_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

Result<text::TokenizerSpecification> read(const std::filesystem::path& path) {
  if (path.filename() == "vocab.txt") return text::read_vocab_txt(path);
  if (path.filename() == "vocab.json") return text::read_vocab_json(path);
  if (path.extension() == ".model") return text::read_sentencepiece(path);
  if (path.extension() == ".tiktoken") return text::read_tiktoken(path);
  if (path.extension() == ".gguf") return text::read_gguf_vocabulary(path);
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return text::read_tokenizer_json(path);
  if (has_file(path / "tokenizer.json")) return text::read_tokenizer_json(path / "tokenizer.json");
  if (has_file(path / "vocab.txt")) return text::read_vocab_txt(path / "vocab.txt");
  for (const char* name : {"spiece.model", "sentencepiece.bpe.model", "tokenizer.model"})
    if (has_file(path / name)) return text::read_sentencepiece(path / name);
  if (has_file(path / "vocab.json")) return text::read_vocab_json(path / "vocab.json");
  return fail(
      ErrorCode::not_found,
      fmt::format("{}: has no tokenizer.json, vocab.txt or vocab.json, nor a SentencePiece model",
                  path.string()));
}

void make_special(const std::string& content, text::TokenizerSpecification& specification) {
  const auto id = specification.vocabulary.id(content);
  if (!id) return;
  auto known = std::ranges::find(specification.added, content, &text::AddedToken::content);
  if (known == specification.added.end())
    known = specification.added.insert(
        known, text::AddedToken{.content = content, .id = *id, .in_model = true});
  known->normalized = false;
  known->special = true;
}

}  // namespace

Tokenizer::Tokenizer(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Result<Tokenizer> Tokenizer::open(const std::filesystem::path& path,
                                  const TokenizerOptions& options) {
  text::TokenizerSpecification specification = KINDRED_TRY(read(path));
  if (options.lowercase)
    specification.normalizers.insert(specification.normalizers.begin(),
                                     std::make_unique<text::Lowercase>());
  for (const std::string& content : options.special_tokens) make_special(content, specification);
  try {
    return Tokenizer(std::make_unique<const Parts>(std::move(specification)));
  } catch (const text::TextError& error) {  // of an added token, which is normalized
    return fail(ErrorCode::unsupported,
                fmt::format("{}: an added token: {}", path.string(), error.what()));
  }
}

Result<TokenBatch> Tokenizer::tokenize(std::span<const std::string_view> texts,
                                       const TokenizeOptions& options) const {
  return tokenize_all(parts_->pipeline, parts_->scratches, {texts, {}}, false, options);
}

Result<TokenBatch> Tokenizer::tokenize_pairs(std::span<const std::string_view> first,
                                             std::span<const std::string_view> second,
                                             const TokenizeOptions& options) const {
  if (first.size() != second.size())
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} first texts and {} second texts are no pairs", first.size(),
                            second.size()));
  return tokenize_all(parts_->pipeline, parts_->scratches, {first, second}, true, options);
}

Result<std::string> Tokenizer::decode(std::span<const std::uint32_t> ids,
                                      bool skip_special_tokens) const {
  const text::TokenizerSpecification& specification = parts_->pipeline.specification();
  std::vector<std::string> tokens;
  for (const std::uint32_t id : ids) {
    const auto added = parts_->added.find(id);
    if (added == parts_->added.end()) {
      if (const auto token = specification.vocabulary.token(id); !token.empty())
        tokens.emplace_back(token);
    } else if (!added->second.special || !skip_special_tokens) {
      tokens.push_back(added->second.text);
    }
  }
  try {
    for (const auto& decoder : specification.decoders) decoder->decode(tokens);
  } catch (const text::TextError& error) {
    return fail(ErrorCode::invalid_argument, fmt::format("a token: {}", error.what()));
  }
  std::string text;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0 && specification.decoders.empty()) text += ' ';
    text += tokens[i];
  }
  return text;
}

std::size_t Tokenizer::vocabulary_size() const {
  return parts_->pipeline.specification().vocabulary.size();
}

std::string_view Tokenizer::token(std::uint32_t id) const {
  return parts_->pipeline.specification().vocabulary.token(id);
}

std::optional<std::uint32_t> Tokenizer::id(std::string_view token) const {
  return parts_->pipeline.specification().vocabulary.id(token);
}

bool Tokenizer::special(std::uint32_t id) const {
  const auto added = parts_->added.find(id);
  return added != parts_->added.end() && added->second.special;
}

std::size_t Tokenizer::max_tokens() const { return parts_->pipeline.specification().max_tokens; }

Truncation Tokenizer::truncation() const { return parts_->pipeline.specification().truncation; }

std::optional<Padding> Tokenizer::padding() const {
  return parts_->pipeline.specification().padding;
}

}  // namespace kindred
