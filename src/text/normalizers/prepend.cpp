#include "text/normalizers/prepend.h"

#include <algorithm>
#include <utility>

#include "text/unicode/unicode.h"

namespace kindred::text {

Prepend::Prepend(std::string prefix) : prefix_(std::move(prefix)) {}

void Prepend::normalize(NormalizedText& given, NormalizedText& out) const {
  if (given.text.empty()) return;
  if (prefix_.empty()) {
    // The first code point counts as inserted all the same: it comes from nowhere.
    if (given.with_origins) {
      const TokenOffset nowhere{given.origins[0].begin, given.origins[0].begin};
      std::fill_n(given.origins.begin(), decode(given.text, 0).size, nowhere);
    }
    return;
  }
  out.clear(given.with_origins);
  out.text.reserve(prefix_.size() + given.text.size());
  out.append(prefix_, given.origin(0));
  out.append(given, 0, given.text.size());
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_prepend(const JsonPart& part) {
  return std::make_unique<Prepend>(
      std::string(KINDRED_TRY(part.required<std::string_view>("prepend", "a text"))));
}

}  // namespace kindred::text
