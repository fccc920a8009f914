#include "text/normalizers/nmt.h"

#include "text/normalizers/filter.h"

namespace kindred::text {
namespace {

bool is_removed(char32_t code) {
  return (code >= 0x01 && code <= 0x08) || code == 0x0B || (code >= 0x0E && code <= 0x1F) ||
         code == 0x7F || code == 0x8F || code == 0x9F;
}

bool is_blank(char32_t code) {
  switch (code) {
    case '\t':
    case '\n':
    case '\f':
    case '\r':
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x2581:
    case 0xFEFF:
    case kReplacement:
      return true;
    default:
      return code >= 0x200B && code <= 0x200F;
  }
}

}  // namespace

void Nmt::normalize(NormalizedText& text, NormalizedText& spare) const {
  filter(text, spare, [](char32_t code, const auto& keep) {
    if (!is_removed(code)) keep(is_blank(code) ? U' ' : code);
  });
}

Result<std::unique_ptr<const Normalizer>> read_nmt(const JsonPart& /*part*/) {
  return std::make_unique<Nmt>();
}

}  // namespace kindred::text
