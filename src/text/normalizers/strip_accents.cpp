#include "text/normalizers/strip_accents.h"

#include "text/normalizers/filter.h"
#include "text/unicode/forms.h"

namespace kindred::text {

void StripAccents::normalize(NormalizedText& text, NormalizedText& spare) const {
  filter(text, spare, [](char32_t code, const auto& keep) {
    if ((form_flags_of(code) & kMarkOfAnyKind) == 0) keep(code);
  });
}

Result<std::unique_ptr<const Normalizer>> read_strip_accents(const JsonPart& /*part*/) {
  return std::make_unique<StripAccents>();
}

}  // namespace kindred::text
