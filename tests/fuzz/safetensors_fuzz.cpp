/// Any bytes as a safetensors file: an error, or tensors that lie within the file and are as large
/// as their shapes say, every byte of which can be read.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "files/safetensors.h"

using kindred::files::SafeTensors;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  const auto parsed = SafeTensors::parse(file, "fuzz.safetensors");
  if (!parsed) {
    if (parsed.error().message.empty() || parsed.error().message.contains('\n')) std::abort();
    return 0;
  }
  std::size_t covered = 0;
  for (const auto& tensor : parsed->tensors()) {
    covered += tensor.bytes.size();
    std::size_t values = 1;
    for (const std::size_t axis : tensor.shape) values *= axis;
    if (values != tensor.size() || parsed->find(tensor.name) != &tensor) std::abort();
    std::vector<float> floats(tensor.size());
    static_cast<void>(kindred::files::copy_as_f32(tensor, floats));
  }
  if (covered > size) std::abort();
  return 0;
}
