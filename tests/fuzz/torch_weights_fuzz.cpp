/// Any bytes as a file of torch.save: an error of one line, or tensors whose values can be read.
#include <cstdint>
#include <cstdlib>

#include "files/torch_weights.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto weights =
      kindred::files::TorchWeights::parse(std::as_bytes(std::span(data, size)), "fuzz.bin");
  if (!weights) {
    if (weights.error().message.empty() || weights.error().message.contains('\n')) std::abort();
    return 0;
  }
  std::uint64_t sum = 0;
  for (const auto& tensor : weights->tensors()) {
    if (kindred::files::bytes_of(tensor.shape, tensor.type) != tensor.bytes.size()) std::abort();
    for (const std::byte value : tensor.bytes) sum += std::to_integer<std::uint64_t>(value);
  }
  // The bytes are read, whatever they are.
  return sum == UINT64_MAX ? -1 : 0;
}
