#include "text/normalizers/unicode_form.h"

#include <algorithm>
#include <utility>

#include "text/normalizers/rewriter.h"

namespace kindred::text {
namespace {

/// A code point on its way through a form.
struct Part {
  char32_t code;
  int change;  // as Rewriter takes it
  std::uint8_t order;
};

/// Marks that follow one another stand by their class, equal ones as they came.
void put_in_order(std::vector<Part>& parts) {
  const auto is_mark = [](const Part& part) { return part.order != 0; };
  for (auto begin = parts.begin(); begin != parts.end();) {
    begin = std::find_if(begin, parts.end(), is_mark);
    const auto end = std::find_if_not(begin, parts.end(), is_mark);
    if (!std::is_sorted(begin, end, [](const Part& a, const Part& b) { return a.order < b.order; }))
      std::stable_sort(begin, end, [](const Part& a, const Part& b) { return a.order < b.order; });
    begin = end;
  }
}

/// Melts each code point into the starter before it where they have a composition, and no mark that
/// stays, of the same class or a higher one, stands between them.
void compose_all(std::vector<Part>& parts) {
  constexpr std::size_t kNobody = ~std::size_t{0};
  std::size_t starter = kNobody;
  std::size_t kept = 0;
  for (const Part part : parts) {
    if (starter != kNobody) {
      const bool adjacent = starter + 1 == kept;
      const bool blocked = !adjacent && parts[kept - 1].order >= part.order;
      if (const char32_t whole = blocked ? 0 : compose(parts[starter].code, part.code);
          whole != 0) {
        parts[starter].code = whole;
        parts[starter].change += part.change - 1;
        continue;
      }
    }
    if (part.order == 0) starter = kept;
    parts[kept++] = part;
  }
  parts.resize(kept);
}

}  // namespace

UnicodeForm::UnicodeForm(Form form)
    : compatible_(form == Form::nfkd || form == Form::nfkc),
      composes_(form == Form::nfc || form == Form::nfkc),
      changes_(form == Form::nfd    ? kNotNfd
               : form == Form::nfc  ? kNotNfc
               : form == Form::nfkd ? kNotNfkd
                                    : kNotNfkc) {}

void UnicodeForm::normalize(NormalizedText& given, NormalizedText& out) const {
  const std::string_view text = given.text;
  // The first code point at or after `i` that the form may change, and the one before it.
  std::size_t before = 0;
  const auto skip_inert = [&](std::size_t i) {
    before = i;
    while (i < text.size()) {
      if (static_cast<unsigned char>(text[i]) < 0x80) {
        before = i++;
        continue;
      }
      const auto [code, size] = decode(text, i);
      if ((form_flags_of(code) & changes_) != 0) break;
      before = i;
      i += size;
    }
    return i;
  };
  std::size_t i = skip_inert(0);
  if (i == text.size()) return;

  Rewriter rewriter(given, out);
  std::vector<Part> parts;
  std::array<char32_t, kLongestDecomposition> codes{};
  for (std::size_t done = 0; done < text.size();) {
    // Marks may melt into the letter before them.
    std::size_t begin = composes_ ? before : i;
    rewriter.copy(done, begin);
    parts.clear();
    while (begin < text.size()) {
      const auto [code, size] = decode(text, begin);
      if (begin >= i && (form_flags_of(code) & changes_) == 0) break;
      const std::size_t count = decompose(code, compatible_, codes);
      for (std::size_t j = 0; j < count; ++j)
        parts.push_back({codes[j], j == 0 ? 0 : 1, order_of(codes[j])});
      begin += size;
    }
    put_in_order(parts);
    if (composes_) compose_all(parts);
    for (const Part& part : parts) rewriter.put(part.code, part.change);
    done = begin;
    i = skip_inert(done);
    if (i == text.size()) {
      rewriter.copy(done, i);
      break;
    }
  }
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_nfd(const JsonPart& /*part*/) {
  return std::make_unique<UnicodeForm>(UnicodeForm::Form::nfd);
}
Result<std::unique_ptr<const Normalizer>> read_nfc(const JsonPart& /*part*/) {
  return std::make_unique<UnicodeForm>(UnicodeForm::Form::nfc);
}
Result<std::unique_ptr<const Normalizer>> read_nfkd(const JsonPart& /*part*/) {
  return std::make_unique<UnicodeForm>(UnicodeForm::Form::nfkd);
}
Result<std::unique_ptr<const Normalizer>> read_nfkc(const JsonPart& /*part*/) {
  return std::make_unique<UnicodeForm>(UnicodeForm::Form::nfkc);
}

}  // namespace kindred::text
