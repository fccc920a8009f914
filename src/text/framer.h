/// From texts to sequences: tokenize, cut, frame, append to a batch.
///
/// A text that overflows becomes several sequences. Each place of the frame
/// (post_processors/frame.h) that a text has then shows one of the text's windows, and all choices
/// of windows become sequences, in the reference's order: first the one that truncation keeps;
/// then, place by place, those made so far, each with every window of the place, and last the first
/// one with the further windows of the place. For a pair with the windows a b c and x y: ax, bx by
/// cx cy, ay.
///
/// A window has the types that the frame gives its text. (The reference does so in the first
/// sequence; in further ones a template's types are missing, so that models with one type would get
/// two.)
///
/// Thread safety: one thread uses one. Cost: linear in the tokens of what comes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "kindred/tokenizer.h"
#include "text/pipeline.h"
#include "text/truncation.h"

namespace kindred::text {

class Framer {
 public:
  /// Where windows multiply, what one text or pair may become.
  static constexpr std::size_t kMostTokens = std::size_t{1} << 26;

  /// All arguments must outlive this.
  Framer(const Pipeline& pipeline, Pipeline::Scratch& scratch, const TokenizeOptions& options,
         bool pair);

  /// Fails where no text could be added.
  Result<void> check() const;
  /// Appends the sequences of text number `source`, or of the pair with `second`, to `out`. Throws
  /// TextError.
  Result<void> add(std::size_t source, std::string_view first, std::string_view second,
                   TokenBatch& out);

 private:
  /// A text on its way.
  struct Text {
    std::string_view original;
    Pipeline::Tokens tokens;
    std::vector<Window> windows;  // what is shown of it: one, or those that slide through it
  };
  const Text& text_of(const FramePart& part) const {
    return texts_[part.kind == FramePart::Kind::second_text ? 1 : 0];
  }
  void run(std::string_view original, Text& text);
  /// Fills choices_, and says how many sequences there are.
  Result<std::size_t> choose_windows();
  void append(std::span<const std::uint32_t> choice, TokenBatch& out) const;
  void append_window(const FramePart& part, const Window& window, TokenBatch& out) const;

  const Pipeline& pipeline_;
  Pipeline::Scratch& scratch_;
  const TokenizeOptions& options_;
  const Truncation truncation_;
  const bool pair_;
  const Frame& frame_;
  std::size_t limit_;  // tokens of texts in a sequence
  Text texts_[2];      // the second of a pair
  /// Sequences x places of the frame whose text overflows: which of its windows stands there.
  std::vector<std::uint32_t> choices_;
  std::vector<std::uint32_t> spare_;
};

}  // namespace kindred::text
