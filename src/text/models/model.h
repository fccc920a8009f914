/// A model of a tokenizer: cuts words into tokens of its vocabulary.
///
/// Thread safety: immutable; what it remembers between texts is in a Scratch, which one thread uses
/// at a time. What is remembered never changes a result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "text/pre_tokenizers/pre_tokenizer.h"

namespace kindred::text {

/// A token and the bytes of the normalized text that it stands for.
struct Token {
  std::uint32_t id;
  std::uint32_t begin, end;
  bool operator==(const Token&) const = default;
};

class Model {
 public:
  /// Memory that is used again from text to text: buffers, tokens of words seen before.
  class Scratch {
   public:
    virtual ~Scratch() = default;
  };

  virtual ~Model() = default;
  /// The scratch that cut() wants; none where it works without.
  virtual std::unique_ptr<Scratch> make_scratch() const { return nullptr; }
  /// The token, if there is one, whose text is what it stands for, not what the vocabulary has:
  /// Unigram's unknown one, whose blanks trimmed offsets leave out.
  virtual std::optional<std::uint32_t> verbatim_token() const { return std::nullopt; }
  /// Appends the tokens of the words of `text` (each well-formed UTF-8, not empty), in order. May
  /// stop at the end of a word once there are more than `limit` tokens.
  virtual void cut(const SplitText& text, std::size_t limit, Scratch* scratch,
                   std::vector<Token>& tokens) const = 0;
};

}  // namespace kindred::text
