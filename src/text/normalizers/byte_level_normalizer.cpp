#include "text/normalizers/byte_level_normalizer.h"

#include <utility>

#include "text/byte_alphabet.h"

namespace kindred::text {

void ByteLevelNormalizer::normalize(NormalizedText& given, NormalizedText& out) const {
  out.clear(given.with_origins);
  out.text.reserve(2 * given.text.size());
  for (std::size_t i = 0; i < given.text.size(); ++i)
    out.append(byte_alphabet()[static_cast<unsigned char>(given.text[i])], given.origin(i));
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_byte_level_normalizer(const JsonPart& /*part*/) {
  return std::make_unique<ByteLevelNormalizer>();
}

}  // namespace kindred::text
