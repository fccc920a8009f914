/// A text that a tokenizer can't take: a regular expression runs too long on it, or it has a word
/// for which there is no token.
///
/// Thrown deep inside, where nearly no text ever gets, and caught where tokens and texts leave the
/// library (tokenizer.cpp), which makes a Result of it.
#pragma once

#include <stdexcept>

namespace kindred::text {

struct TextError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace kindred::text
