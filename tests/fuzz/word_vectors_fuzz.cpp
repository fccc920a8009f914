/// Any bytes as a file of word vectors: an error of one line, or vectors that can be asked and
/// written.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "words/word_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read =
      kindred::words::parse_word_vectors(std::as_bytes(std::span(data, size)), "fuzz");
  if (!read) {
    if (read.error().message.empty() || read.error().message.contains('\n')) std::abort();
    return 0;
  }
  if (read->words.size() != read->vectors.rows() || read->words.size() == 0) std::abort();
  for (std::size_t id = 0; id < read->words.size(); ++id)
    if (read->words.find(read->words.word(id)) != id) std::abort();
  for (const float value : read->vectors.values())
    if (!std::isfinite(value)) std::abort();
  return 0;
}
