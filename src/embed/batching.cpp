#include "embed/batching.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/thread_pool.h"
#include "kindred/threads.h"

namespace kindred::embed {
namespace {

/// Tokens that one thread encodes at a time. More make the weights' way from memory cheaper, fewer
/// keep the activations in the caches; docs/design/matrix_products.md has the curve.
constexpr std::size_t kTokensPerBatch = 1024;
/// Texts and bytes of a window.
constexpr std::size_t kTextsPerWindow = 16384;
constexpr std::size_t kBytesPerWindow = std::size_t{32} << 20;

}  // namespace

std::size_t window_end(std::span<const std::string_view> texts, std::size_t first) {
  std::size_t bytes = 0;
  std::size_t end = first;
  while (end < texts.size() && end - first < kTextsPerWindow &&
         (end == first || bytes + texts[end].size() <= kBytesPerWindow))
    bytes += texts[end++].size();
  return end;
}

std::vector<std::vector<std::size_t>> pack_batches(std::span<const std::size_t> lengths,
                                                   std::size_t budget) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t text) { return lengths[text]; });
  std::vector<std::vector<std::size_t>> batches;
  std::size_t used = 0;
  for (const std::size_t text : order) {
    if (lengths[text] == 0) break;
    if (batches.empty() || used + lengths[text] > budget) {
      batches.emplace_back();
      used = 0;
    }
    batches.back().push_back(text);
    used += lengths[text];
  }
  return batches;
}

BatchRun::BatchRun(std::size_t total, const Progress& progress)
    : total_(total), progress_(progress), workers_(threads()) {}

Result<void> BatchRun::window(const TokenBatch& tokens, const Encode& encode) {
  std::vector<std::size_t> lengths(tokens.sequences());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = tokens.sequence(i).size();
  done_ += static_cast<std::size_t>(std::ranges::count(lengths, std::size_t{0}));
  // Every thread gets a share, as long as shares are worth a thread.
  const std::size_t share = std::max<std::size_t>(tokens.ids.size() / workers_ + 1, 128);
  const auto batches = pack_batches(lengths, std::min(kTokensPerBatch, share));
  Result<void> encoded;  // under mutex_
  const auto run = [&](std::size_t item, std::size_t worker) {
    {
      const std::lock_guard lock(mutex_);
      if (cancelled_ || !encoded) return;
    }
    auto one = encode(batches[item], worker);
    const std::lock_guard lock(mutex_);
    if (!one) encoded = std::move(one);
    done_ += batches[item].size();
    if (progress_ && !cancelled_) cancelled_ = !progress_({.done = done_, .total = total_});
  };
  if (batches.size() == 1) {
    run(0, 0);  // outside of a loop, so that the operations themselves share out their rows
  } else {
    base::parallel_for(batches.size(), run, workers_);
  }
  KINDRED_TRY(std::move(encoded));
  if (cancelled_)
    return fail(ErrorCode::cancelled, fmt::format("stopped after {} of {} texts", done_, total_));
  return {};
}

}  // namespace kindred::embed
