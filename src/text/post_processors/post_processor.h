/// A post-processor: puts special tokens around texts, or trims their offsets.
///
/// It gets a list of strands (frame.h), at first one a text, and changes it: most put tokens around
/// each strand, a template makes a new list. Several in a Sequence work one after the other, as in
/// the reference, where each works on the list that the one before it left; the sequence of tokens
/// is what is in the list at the end, strand after strand.
///
/// Thread safety: immutable.
#pragma once

#include <cstddef>
#include <vector>

#include "kindred/result.h"
#include "text/post_processors/frame.h"

namespace kindred::text {

class PostProcessor {
 public:
  virtual ~PostProcessor() = default;
  /// Special tokens that it adds to one text or to a pair, counted as if it stood alone.
  virtual std::size_t added(bool pair) const = 0;
  /// Fails where it cannot work on so many strands.
  virtual Result<void> process(bool special_tokens, std::vector<Strand>& strands) const = 0;
};

}  // namespace kindred::text
