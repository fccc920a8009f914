/// A decoder: undoes, token by token, what was done to a text before it was cut, so that the tokens
/// joined are text again.
///
/// Thread safety: immutable.
#pragma once

#include <string>
#include <vector>

namespace kindred::text {

class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Replaces the tokens, in order; there may be fewer of them then.
  virtual void decode(std::vector<std::string>& tokens) const = 0;
};

}  // namespace kindred::text
