/// Which texts go through the encoder together.
///
/// Batches are packed by a budget of tokens, so that memory is bounded whatever the texts; texts
/// are taken longest first, so that the last batches to finish are the cheap ones. Since batches
/// are unpadded and a text's vector does not depend on its company, packing decides speed and
/// memory only, never a result.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/tokenizer.h"

namespace kindred::embed {

/// The texts from `first` on that are tokenized before they are encoded, one at least: what bounds
/// memory over a million texts. Returns the end.
std::size_t window_end(std::span<const std::string_view> texts, std::size_t first);

/// lengths: tokens of each text. Every text that has tokens is in exactly one batch; a batch has at
/// most `budget` tokens, or is a single text. Each batch lists positions in `lengths`, in ascending
/// order for equal lengths.
std::vector<std::vector<std::size_t>> pack_batches(std::span<const std::size_t> lengths,
                                                   std::size_t budget);

/// The texts of one call, in several windows: their batches run side by side.
class BatchRun {
 public:
  /// total: texts of all windows; `progress` outlives this.
  BatchRun(std::size_t total, const Progress& progress);

  /// Threads that work on a window at most; they are numbered from 0.
  std::size_t workers() const { return workers_; }
  /// Encodes the sequences of a batch.
  using Encode =
      std::function<Result<void>(std::span<const std::size_t> texts, std::size_t worker)>;
  /// Calls encode for the batches of a window; sequences without tokens are in none. Fails with
  /// encode's first error, and with ErrorCode::cancelled where progress asked to stop.
  Result<void> window(const TokenBatch& tokens, const Encode& encode);

 private:
  std::size_t total_;
  const Progress& progress_;
  std::size_t workers_;
  std::mutex mutex_;
  std::size_t done_ = 0;    // under mutex_
  bool cancelled_ = false;  // the same
};

}  // namespace kindred::embed
