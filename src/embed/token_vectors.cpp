// Embedder::embed_tokens(): vectors of words and tokens in their contexts.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "embed/batching.h"
#include "embed/embedder_parts.h"
#include "kindred/embedder.h"
#include "tensor/tensor.h"
#include "text/words.h"

namespace kindred {
namespace {

/// The layers whose states count: [first, last], 0 being the embeddings.
struct Layers {
  std::size_t first;
  std::size_t last;
};

Result<Layers> layers_of(const TokenOptions& options, std::size_t layers) {
  if (options.layer) {
    if (*options.layer > layers)
      return fail(ErrorCode::invalid_argument,
                  fmt::format("layer {} is asked for, the model has {}", *options.layer, layers));
    return Layers{.first = *options.layer, .last = *options.layer};
  }
  if (options.last_layers == 0 || options.last_layers > layers)
    return fail(ErrorCode::invalid_argument,
                fmt::format("the last {} layers are asked for, the model has {}",
                            options.last_layers, layers));
  return Layers{.first = layers - options.last_layers + 1, .last = layers};
}

/// A place in a text, and the tokens [first, last) of its sequence that make it up.
struct Unit {
  TokenPlace place;
  std::size_t first;
  std::size_t last;
};

bool frames(const TokenOffset& offset) { return offset.begin == offset.end; }

std::vector<Unit> tokens_of(std::span<const TokenOffset> offsets, std::size_t text) {
  std::vector<Unit> units;
  for (std::size_t i = 0; i < offsets.size(); ++i)
    if (!frames(offsets[i]))
      units.push_back({.place = {.text = text, .begin = offsets[i].begin, .end = offsets[i].end},
                       .first = i,
                       .last = i + 1});
  return units;
}

/// The words that tokens overlap. Tokens come from left to right.
std::vector<Unit> words_of(std::span<const TokenOffset> offsets, std::string_view content,
                           std::size_t text) {
  std::vector<Unit> units;
  std::size_t token = 0;
  for (const text::WordPlace& word : text::split_words(content)) {
    while (token < offsets.size() && (frames(offsets[token]) || offsets[token].end <= word.begin))
      ++token;
    std::size_t last = token;
    while (last < offsets.size() && !frames(offsets[last]) && offsets[last].begin < word.end)
      ++last;
    if (last > token)
      units.push_back({.place = {.text = text, .begin = word.begin, .end = word.end},
                       .first = token,
                       .last = last});
  }
  return units;
}

}  // namespace

Result<TokenVectors> Embedder::embed_tokens(std::span<const std::string_view> texts,
                                            const TokenOptions& options) const {
  const embed::TextEncoder& encoder = *parts_->encoder;
  if (encoder.layers() == 0)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: has no layers, in which tokens would have vectors of their own",
                            parts_->layout.encoder.string()));
  const Layers layers = KINDRED_TRY(layers_of(options, encoder.layers()));
  TokenVectors result;
  std::vector<float> values;  // of all units so far
  const std::size_t hidden = encoder.hidden();
  embed::BatchRun run(texts.size(), options.progress);
  std::vector<tensor::Workspace> workspaces(run.workers());
  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = embed::window_end(texts, first);
    const auto tokens =
        KINDRED_TRY(encoder.tokenize(texts.subspan(first, end - first), /*offsets=*/true));
    std::vector<std::vector<Unit>> units(tokens.sequences());
    std::vector<std::size_t> rows;  // of each text, the row of its first unit
    std::size_t row = values.size() / hidden;
    for (std::size_t i = 0; i < units.size(); ++i) {
      const auto offsets =
          std::span(tokens.offsets).subspan(tokens.starts[i], tokens.sequence(i).size());
      units[i] = options.unit == TokenUnit::words ? words_of(offsets, texts[first + i], first + i)
                                                  : tokens_of(offsets, first + i);
      rows.push_back(row);
      row += units[i].size();
      for (const Unit& unit : units[i]) result.places.push_back(unit.place);
    }
    values.resize(row * hidden);
    const auto encode = [&](std::span<const std::size_t> batch,
                            std::size_t worker) -> Result<void> {
      const auto add_states = [&](std::size_t layer, const tensor::Tensor& states) {
        if (layer < layers.first || layer > layers.last) return;
        const auto share = static_cast<float>(layers.last - layers.first + 1);
        std::size_t first_state = 0;
        for (const std::size_t text : batch) {
          float* to = values.data() + rows[text] * hidden;
          for (const Unit& unit : units[text]) {
            const auto count = static_cast<float>(unit.last - unit.first);
            for (std::size_t token = unit.first; token < unit.last; ++token) {
              const float* from = states.row(first_state + token);
              for (std::size_t k = 0; k < hidden; ++k) to[k] += from[k] / (count * share);
            }
            to += hidden;
          }
          first_state += tokens.sequence(text).size();
        }
      };
      encoder.watch_states(workspaces[worker], tokens, batch, add_states);
      return {};
    };
    KINDRED_TRY(run.window(tokens, encode));
    first = end;
  }
  result.vectors = Matrix(result.places.size(), hidden);
  std::ranges::copy(values, result.vectors.values().begin());
  return result;
}

}  // namespace kindred
