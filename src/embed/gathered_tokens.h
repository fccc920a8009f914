/// From a TokenBatch to what an encoder reads: its tokens checked, and those of some sequences side
/// by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "kindred/result.h"
#include "kindred/tokenizer.h"
#include "model/encoder.h"

namespace kindred::embed {

/// Fails where the tokenizer of a folder gives a token or a type that its encoder doesn't have.
Result<void> check_tokens(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                          const TokenBatch& tokens, const model::Shape& shape);

class GatheredTokens {
 public:
  GatheredTokens(const TokenBatch& tokens, std::span<const std::size_t> sequences) {
    for (const std::size_t sequence : sequences) {
      const auto ids = tokens.sequence(sequence);
      ids_.insert(ids_.end(), ids.begin(), ids.end());
      const auto* types = tokens.type_ids.data() + tokens.starts[sequence];
      type_ids_.insert(type_ids_.end(), types, types + ids.size());
      starts_.push_back(ids_.size());
    }
  }
  /// They must outlive it.
  model::Batch batch() const { return {.ids = ids_, .type_ids = type_ids_, .starts = starts_}; }
  std::span<const std::size_t> starts() const { return starts_; }

 private:
  std::vector<std::uint32_t> ids_;
  std::vector<std::uint32_t> type_ids_;
  std::vector<std::size_t> starts_ = {0};
};

}  // namespace kindred::embed
