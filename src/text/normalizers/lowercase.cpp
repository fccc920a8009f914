#include "text/normalizers/lowercase.h"

#include <utility>

#include "text/unicode/unicode.h"

namespace kindred::text {

void Lowercase::normalize(NormalizedText& given, NormalizedText& out) const {
  const std::string_view text = given.text;
  out.clear(given.with_origins);
  out.text.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      out.text.push_back(static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte));
      if (given.with_origins) out.origins.push_back(given.origins[i]);
      ++i;
      continue;
    }
    const auto [code, size] = decode(text, i);
    if ((flags_of(code) & kLowered) == 0) {
      out.append(given, i, i + size);
    } else {
      const Mapped to = lowered(code);
      for (std::size_t j = 0; j < to.size; ++j) out.append(to.codes[j], given.origin(i));
    }
    i += size;
  }
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_lowercase(const JsonPart& /*part*/) {
  return std::make_unique<Lowercase>();
}

}  // namespace kindred::text
