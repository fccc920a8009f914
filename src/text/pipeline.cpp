#include "text/pipeline.h"

#include <algorithm>
#include <string>
#include <utility>

namespace kindred::text {
namespace {

AddedTokens matcher(const std::vector<AddedToken>& added, bool normalized,
                    const BertNormalizer& normalizer) {
  std::vector<const AddedToken*> tokens;
  std::vector<std::string> contents;
  for (const AddedToken& token : added) {
    if (token.normalized != normalized) continue;
    NormalizedText text;
    if (normalized) normalizer.normalize(token.content, 0, false, text);
    tokens.push_back(&token);
    contents.push_back(normalized ? text.text : token.content);
  }
  return {tokens, contents};
}

/// Of the added tokens that the model doesn't have, ascending.
std::vector<std::uint32_t> ids_of_new(const std::vector<AddedToken>& added) {
  std::vector<std::uint32_t> ids;
  for (const AddedToken& token : added)
    if (!token.in_model) ids.push_back(token.id);
  std::ranges::sort(ids);
  return ids;
}

}  // namespace

Pipeline::Pipeline(TokenizerSpecification specification)
    : specification_(std::move(specification)),
      normalizer_(specification_.normalizer),
      model_(specification_.vocabulary, ids_of_new(specification_.added), specification_.model),
      added_in_original_(matcher(specification_.added, false, normalizer_)),
      added_in_normalized_(matcher(specification_.added, true, normalizer_)) {}

void Pipeline::run(std::string_view text, std::size_t limit, bool with_offsets, Scratch& scratch,
                   Tokens& out) const {
  out.clear();
  const auto add = [&](std::uint32_t id, TokenOffset offset) {
    out.ids.push_back(id);
    if (with_offsets) out.offsets.push_back(offset);
  };
  added_in_original_.split(text, scratch.stretches);
  for (const Stretch& stretch : scratch.stretches) {
    if (out.ids.size() > limit) return;
    if (stretch.token != nullptr) {
      add(stretch.token->id,
          {static_cast<std::uint32_t>(stretch.begin), static_cast<std::uint32_t>(stretch.end)});
      continue;
    }
    NormalizedText& normalized = scratch.normalized;
    normalized.clear();
    normalizer_.normalize(text.substr(stretch.begin, stretch.end - stretch.begin), stretch.begin,
                          with_offsets, normalized);
    if (added_in_normalized_.empty()) {
      cut(normalized.text, 0, limit, normalized, with_offsets, scratch, out);
      continue;
    }
    added_in_normalized_.split(normalized.text, scratch.normalized_stretches);
    for (const Stretch& inner : scratch.normalized_stretches) {
      if (inner.token != nullptr) {
        add(inner.token->id, normalized.origin(inner.begin, inner.end));
      } else {
        cut(std::string_view(normalized.text).substr(inner.begin, inner.end - inner.begin),
            inner.begin, limit, normalized, with_offsets, scratch, out);
      }
    }
  }
}

/// `words` begins at byte `first` of the normalized text.
void Pipeline::cut(std::string_view words, std::size_t first, std::size_t limit,
                   const NormalizedText& normalized, bool with_offsets, Scratch& scratch,
                   Tokens& out) const {
  pre_tokenizer_.split(words, [&](std::size_t begin, std::size_t end) {
    model_.cut(words.substr(begin, end - begin), scratch.pieces);
    std::size_t piece_begin = first + begin;
    for (const Piece& piece : scratch.pieces) {
      out.ids.push_back(piece.id);
      if (with_offsets)
        out.offsets.push_back(normalized.origin(piece_begin, first + begin + piece.end));
      piece_begin = first + begin + piece.end;
    }
    return out.ids.size() <= limit;
  });
}

}  // namespace kindred::text
