/// Any bytes as a GGUF file: an error of one line, or tensors whose values can be read, and a
/// tokenizer or an error.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "files/gguf.h"
#include "text/readers/gguf_vocabulary.h"

namespace {

void check(const kindred::Error& error) {
  if (error.message.empty() || error.message.contains('\n')) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto gguf = kindred::files::Gguf::parse(std::as_bytes(std::span(data, size)), "fuzz.gguf");
  if (!gguf) {
    check(gguf.error());
    return 0;
  }
  bool odd = false;
  for (const auto& tensor : gguf->tensors()) {
    std::vector<float> values(tensor.size());
    if (!kindred::files::copy_as_f32(tensor, values)) std::abort();
    for (const float value : values) odd = odd || std::isnan(value);
  }
  const auto tokenizer = kindred::text::parse_gguf_vocabulary(*gguf);
  if (!tokenizer) check(tokenizer.error());
  // The values are read, whatever they are.
  return odd && size == 1 ? -1 : 0;
}
