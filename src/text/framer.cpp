#include "text/framer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace kindred::text {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

bool is_text(const FramePart& part) { return part.kind != FramePart::Kind::special; }

}  // namespace

Framer::Framer(const Pipeline& pipeline, Pipeline::Scratch& scratch, const TokenizeOptions& options,
               bool pair)
    : pipeline_(pipeline),
      scratch_(scratch),
      options_(options),
      truncation_(options.truncation.value_or(pipeline.specification().truncation)),
      pair_(pair),
      frame_(pipeline.specification().frames.of(pair, options.special_tokens)),
      limit_(options.max_tokens == 0
                 ? kNoLimit
                 : options.max_tokens - std::min(frame_.reserved, options.max_tokens)) {}

Result<void> Framer::check() const {
  if (!frame_.problem.empty()) return fail(ErrorCode::unsupported, frame_.problem);
  if (options_.max_tokens != 0 && options_.max_tokens < frame_.reserved)
    return fail(ErrorCode::invalid_argument,
                fmt::format("max_tokens is {}, the special tokens alone are {}",
                            options_.max_tokens, frame_.reserved));
  return {};
}

Result<void> Framer::add(std::size_t source, std::string_view first, std::string_view second,
                         TokenBatch& out) {
  run(first, texts_[0]);
  if (pair_) run(second, texts_[1]);
  const std::size_t sizes[] = {texts_[0].tokens.ids.size(), texts_[1].tokens.ids.size()};
  const bool truncated = sizes[0] + sizes[1] > limit_;
  Kept kept{sizes[0], sizes[1]};
  if (truncated)
    kept = KINDRED_TRY(truncate(sizes[0], pair_ ? std::optional(sizes[1]) : std::nullopt, limit_,
                                truncation_.strategy));
  const std::size_t before = out.sequences();
  if (options_.overflow && truncated) {
    KINDRED_TRY(slide(sizes[0], kept.first, truncation_, texts_[0].windows));
    KINDRED_TRY(slide(sizes[1], kept.second, truncation_, texts_[1].windows));
    const std::size_t sequences = KINDRED_TRY(choose_windows());
    const std::size_t columns = choices_.size() / sequences;
    for (std::size_t i = 0; i < sequences; ++i)
      append(std::span(choices_).subspan(i * columns, columns), out);
  } else {
    texts_[0].windows = {kept_window(sizes[0], kept.first, truncation_.side)};
    texts_[1].windows = {kept_window(sizes[1], kept.second, truncation_.side)};
    append({}, out);
  }
  const std::size_t added = out.sequences() - before;
  out.truncated.insert(out.truncated.end(), added, truncated ? 1 : 0);
  if (options_.overflow) out.sources.insert(out.sources.end(), added, source);
  return {};
}

void Framer::run(std::string_view original, Text& text) {
  text.original = original;
  // Past the end of what one sequence can show, the tokens of a single text don't matter.
  const bool end_is_lost = !pair_ && !options_.overflow && truncation_.side == Side::right;
  pipeline_.run(original, end_is_lost ? limit_ : kNoLimit, options_.offsets, scratch_, text.tokens);
}

Result<std::size_t> Framer::choose_windows() {
  std::vector<const Text*> sliding;  // for each place whose text overflows
  std::size_t tokens = 0;            // of the longest sequence
  for (const FramePart& part : frame_.parts) {
    if (!is_text(part)) {
      ++tokens;
      continue;
    }
    const std::vector<Window>& windows = text_of(part).windows;
    tokens += windows.front().end - windows.front().begin;
    if (windows.size() > 1) sliding.push_back(&text_of(part));
  }
  std::size_t sequences = 1;
  for (std::size_t i = 0; i < sliding.size(); ++i) {
    sequences *= sliding[i]->windows.size();
    if (i > 0 && sequences > kMostTokens / tokens)
      return fail(ErrorCode::invalid_argument,
                  fmt::format("where windows of a text meet windows of a text, they multiply to "
                              "more than {} tokens",
                              kMostTokens));
  }
  choices_.clear();
  std::size_t rows = 1;
  for (std::size_t columns = 0; columns < sliding.size(); ++columns) {
    const auto windows = static_cast<std::uint32_t>(sliding[columns]->windows.size());
    spare_.clear();
    const auto extend = [&](std::size_t row, std::uint32_t window) {
      const auto begin = choices_.begin() + static_cast<std::ptrdiff_t>(row * columns);
      spare_.insert(spare_.end(), begin, begin + static_cast<std::ptrdiff_t>(columns));
      spare_.push_back(window);
    };
    extend(0, 0);
    for (std::size_t row = 1; row < rows; ++row)
      for (std::uint32_t window = 0; window < windows; ++window) extend(row, window);
    for (std::uint32_t window = 1; window < windows; ++window) extend(0, window);
    std::swap(choices_, spare_);
    rows *= windows;
  }
  return sequences;
}

void Framer::append(std::span<const std::uint32_t> choice, TokenBatch& out) const {
  std::size_t column = 0;
  for (const FramePart& part : frame_.parts) {
    if (is_text(part)) {
      const std::vector<Window>& windows = text_of(part).windows;
      append_window(part, windows[windows.size() == 1 ? 0 : choice[column++]], out);
      continue;
    }
    out.ids.push_back(part.id);
    out.type_ids.push_back(part.type_id);
    if (options_.offsets) out.offsets.push_back({});
  }
  out.starts.push_back(out.ids.size());
}

void Framer::append_window(const FramePart& part, const Window& window, TokenBatch& out) const {
  const Text& text = text_of(part);
  const Pipeline::Tokens& tokens = text.tokens;
  const auto copy = [&](const auto& from, auto& to) {
    to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(window.begin),
              from.begin() + static_cast<std::ptrdiff_t>(window.end));
  };
  copy(tokens.ids, out.ids);
  out.type_ids.insert(out.type_ids.end(), window.end - window.begin, part.type_id);
  if (!options_.offsets) return;
  copy(tokens.offsets, out.offsets);
  if (part.trims.empty()) return;
  const auto offsets = std::span(out.offsets).last(window.end - window.begin);
  auto surface = std::ranges::lower_bound(tokens.surfaces, window.begin, {},
                                          &Pipeline::Tokens::Surface::token);
  for (std::size_t i = window.begin; i < window.end; ++i) {
    const bool other = surface != tokens.surfaces.end() && surface->token == i;
    const Blanks blanks =
        other ? (surface++)->blanks
              : blanks_of(pipeline_.specification().vocabulary.token(tokens.ids[i]));
    for (const OffsetTrim trim : part.trims)
      trim_offset(text.original, blanks, trim, i == window.begin, offsets[i - window.begin]);
  }
}

}  // namespace kindred::text
