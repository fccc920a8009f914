/// Which texts go through the encoder together.
///
/// Batches are packed by a budget of tokens, so that memory is bounded whatever the texts; texts
/// are taken longest first, so that the last batches to finish are the cheap ones. Since batches
/// are unpadded and a text's vector does not depend on its company, packing decides speed and
/// memory only, never a result.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kindred::embed {

/// lengths: tokens of each text. Every text that has tokens is in exactly one batch; a batch has at
/// most `budget` tokens, or is a single text. Each batch lists positions in `lengths`, in ascending
/// order for equal lengths.
std::vector<std::vector<std::size_t>> pack_batches(std::span<const std::size_t> lengths,
                                                   std::size_t budget);

}  // namespace kindred::embed
