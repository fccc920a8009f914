#include "text/pipeline.h"

#include <algorithm>
#include <string>
#include <utility>

namespace kindred::text {
namespace {

AddedTokens matcher(const TokenizerSpecification& specification, bool normalized) {
  std::vector<const AddedToken*> tokens;
  std::vector<std::string> contents;
  NormalizedText text;
  NormalizedText spare;
  for (const AddedToken& token : specification.added) {
    if (token.normalized != normalized) continue;
    text.assign(token.content, 0, /*keep_origins=*/false);
    if (normalized) normalize(specification.normalizers, text, spare);
    tokens.push_back(&token);
    contents.push_back(normalized ? text.text : token.content);
  }
  return {tokens, contents};
}

}  // namespace

void normalize(const std::vector<std::unique_ptr<const Normalizer>>& normalizers,
               NormalizedText& text, NormalizedText& spare) {
  for (const auto& normalizer : normalizers) normalizer->normalize(text, spare);
}

Pipeline::Pipeline(TokenizerSpecification specification)
    : specification_(std::move(specification)),
      added_in_original_(matcher(specification_, false)),
      added_in_normalized_(matcher(specification_, true)) {
  // What stands first in a text that nothing has changed yet begins it, without a look at origins.
  const auto& parts = specification_.pre_tokenizers;
  for (std::size_t i = 0; i < parts.size(); ++i)
    needs_origins_ |=
        parts[i]->looks_at_origins() && (i > 0 || !specification_.normalizers.empty());
}

std::unique_ptr<Pipeline::Scratch> Pipeline::make_scratch() const {
  auto scratch = std::make_unique<Scratch>();
  scratch->model = specification_.model->make_scratch();
  return scratch;
}

void Pipeline::run(std::string_view text, std::size_t limit, bool with_offsets, Scratch& scratch,
                   Tokens& out) const {
  out.clear();
  // An added token, found as `found`.
  const auto add = [&](const AddedToken& token, std::string_view found, TokenOffset offset) {
    if (with_offsets) {
      if (token.lstrip || token.rstrip || token.normalized)
        out.surfaces.push_back({out.ids.size(), blanks_of(found)});
      out.offsets.push_back(offset);
    }
    out.ids.push_back(token.id);
  };
  added_in_original_.split(text, scratch.stretches);
  for (const Stretch& stretch : scratch.stretches) {
    if (out.ids.size() > limit) return;
    if (stretch.token != nullptr) {
      add(*stretch.token, text.substr(stretch.begin, stretch.end - stretch.begin),
          {static_cast<std::uint32_t>(stretch.begin), static_cast<std::uint32_t>(stretch.end)});
      continue;
    }
    NormalizedText& words = scratch.split.normalized;
    words.assign(text.substr(stretch.begin, stretch.end - stretch.begin), stretch.begin,
                 with_offsets || needs_origins_);
    normalize(specification_.normalizers, words, scratch.spare.normalized);
    scratch.split.at_start = stretch.begin == 0;
    if (added_in_normalized_.empty()) {
      cut(limit, with_offsets, scratch, out);
      continue;
    }
    std::swap(words, scratch.normalized);
    const NormalizedText& whole = scratch.normalized;
    added_in_normalized_.split(whole.text, scratch.normalized_stretches);
    for (const Stretch& inner : scratch.normalized_stretches) {
      if (inner.token != nullptr) {
        add(*inner.token, std::string_view(whole.text).substr(inner.begin, inner.end - inner.begin),
            whole.origin(inner.begin, inner.end));
        continue;
      }
      words.clear(whole.with_origins);
      words.append(whole, inner.begin, inner.end);
      scratch.split.at_start = stretch.begin == 0 && inner.begin == 0;
      cut(limit, with_offsets, scratch, out);
    }
  }
}

void Pipeline::cut(std::size_t limit, bool with_offsets, Scratch& scratch, Tokens& out) const {
  SplitText& split = scratch.split;
  split.words.clear();
  if (!split.normalized.text.empty())
    split.words.push_back({0, static_cast<std::uint32_t>(split.normalized.text.size())});
  for (const auto& pre_tokenizer : specification_.pre_tokenizers)
    pre_tokenizer->split(split, scratch.spare);
  scratch.tokens.clear();
  const std::size_t left = limit - std::min(limit, out.ids.size());
  specification_.model->cut(split, left, scratch.model.get(), scratch.tokens);
  if (with_offsets) {
    const auto verbatim = specification_.model->verbatim_token();
    const std::string_view text = split.normalized.text;
    for (std::size_t i = 0; i < scratch.tokens.size(); ++i) {
      const Token& token = scratch.tokens[i];
      out.offsets.push_back(split.normalized.origin(token.begin, token.end));
      if (verbatim == token.id)
        out.surfaces.push_back(
            {.token = out.ids.size() + i,
             .blanks = blanks_of(text.substr(token.begin, token.end - token.begin))});
    }
  }
  for (const Token& token : scratch.tokens) out.ids.push_back(token.id);
}

}  // namespace kindred::text
