#include "text/normalizers/strip.h"

#include <utility>

#include "text/unicode/unicode.h"

namespace kindred::text {

void Strip::normalize(NormalizedText& given, NormalizedText& out) const {
  const std::string_view text = given.text;
  std::size_t begin = 0;
  std::size_t end = 0;  // of the last code point that is no space
  bool leading = left_;
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, size] = decode(text, i);
    i += size;
    if ((flags_of(code) & kSpace) == 0) {
      leading = false;
      end = i;
    } else if (leading) {
      begin = i;
    }
  }
  if (!right_) end = text.size();
  if (end < begin) end = begin;
  if (begin == 0 && end == text.size()) return;
  out.clear(given.with_origins);
  out.append(given, begin, end);
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_strip(const JsonPart& part) {
  const bool left = KINDRED_TRY(part.required<bool>("strip_left", "true or false"));
  const bool right = KINDRED_TRY(part.required<bool>("strip_right", "true or false"));
  return std::make_unique<Strip>(left, right);
}

}  // namespace kindred::text
