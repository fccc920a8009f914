/// Any bytes as an npy file: an error, or a header whose values are exactly what follows it.
#include <cstdint>
#include <cstdlib>

#include "files/npy_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  const auto header = kindred::files::parse_npy_header(file, "fuzz.npy");
  if (!header) {
    if (header.error().message.empty() || header.error().message.contains('\n')) std::abort();
    return 0;
  }
  if (header->values_begin > size || header->values_bytes != size - header->values_begin)
    std::abort();
  std::size_t values = 1;
  for (const std::size_t axis : header->shape) values *= axis;
  if (values * header->item_bytes != header->values_bytes) std::abort();
  return 0;
}
