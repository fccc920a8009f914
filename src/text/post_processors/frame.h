/// Special tokens around a text or a pair: [CLS] A [SEP], [CLS] A [SEP] B [SEP].
///
/// What post-processors (post_processor.h) do to a text does not depend on what it says. So they
/// run once, when their file is read, on strands: stand-ins for the texts. What comes out is the
/// frame, a list of places, and framing a text is to fill them in.
///
/// Thread safety: immutable. Cost: none but the copy of the tokens.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace kindred::text {

class PostProcessor;

/// A trim that the offsets of a text's tokens get (trim_offsets.h).
struct OffsetTrim {
  bool add_prefix_space;
  bool at_start;  ///< the text's first token is the first that the post-processor sees
};

/// One place of a frame: a text, or a special token.
struct FramePart {
  enum class Kind : std::uint8_t { special, first_text, second_text };
  Kind kind;
  std::uint32_t id = 0;  ///< of a special token
  std::uint8_t type_id = 0;
  std::vector<OffsetTrim> trims = {};  ///< of a text, one after the other
};

/// A part of a sequence on its way through the post-processors: at most one text, and the special
/// tokens around it so far.
using Strand = std::vector<FramePart>;

struct Frame {
  std::vector<FramePart> parts;
  /// Tokens for which truncation leaves room: as many as the post-processors say that they add.
  std::size_t reserved = 0;
  std::string problem;  ///< why such a call has no frame; empty where it has one
};

/// The frames of one text and of a pair, with special tokens and without.
class Frames {
 public:
  /// More places and trims than this are a problem of the frame: post-processors can make as many
  /// as the square of their file's size.
  static constexpr std::size_t kMostSteps = 65536;

  /// Just the texts, the second one of a pair with type 1.
  Frames();
  /// What `post_processors` make of that, in their order.
  explicit Frames(std::span<const std::unique_ptr<const PostProcessor>> post_processors);

  const Frame& of(bool pair, bool special_tokens) const {
    return frames_[pair ? 1 : 0][special_tokens ? 1 : 0];
  }

 private:
  std::array<std::array<Frame, 2>, 2> frames_;
};

}  // namespace kindred::text
