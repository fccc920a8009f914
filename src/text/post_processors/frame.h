/// Special tokens around a text or a pair: [CLS] A [SEP], [CLS] A [SEP] B [SEP].
#pragma once

#include <cstdint>
#include <vector>

namespace kindred::text {

/// One place of a frame: a text, or a special token.
struct FramePart {
  enum class Kind : std::uint8_t { special, first_text, second_text };
  Kind kind;
  std::uint32_t id;  ///< of a special token
  std::uint8_t type_id;
};

struct Frame {
  std::vector<FramePart> single = {{FramePart::Kind::first_text, 0, 0}};
  std::vector<FramePart> pair = {{FramePart::Kind::first_text, 0, 0},
                                 {FramePart::Kind::second_text, 0, 1}};
  bool trims_offsets = false;     ///< trim_offsets.h
  bool add_prefix_space = false;  ///< for that
};

}  // namespace kindred::text
