/// NFC, NFD, NFKC, NFKD: the Unicode normalization forms (UAX #15), in which texts that look the
/// same are the same: é is one code point, or e with an accent, and marks stand in one order. K
/// also replaces what differs in style alone: ligatures, full-width letters.
///
/// Thread safety: immutable. Cost: linear, but for marks that stand one after the other, which are
/// sorted; what a form leaves alone is copied.
#pragma once

#include <memory>
#include <vector>

#include "text/json_part.h"
#include "text/normalizers/normalizer.h"
#include "text/unicode/forms.h"

namespace kindred::text {

class UnicodeForm final : public Normalizer {
 public:
  enum class Form { nfd, nfc, nfkd, nfkc };
  explicit UnicodeForm(Form form);

  void normalize(NormalizedText& given, NormalizedText& out) const override;

 private:
  bool compatible_;
  bool composes_;
  FormFlags changes_;  // of code points that the form may not leave alone
};

Result<std::unique_ptr<const Normalizer>> read_nfd(const JsonPart& part);
Result<std::unique_ptr<const Normalizer>> read_nfc(const JsonPart& part);
Result<std::unique_ptr<const Normalizer>> read_nfkd(const JsonPart& part);
Result<std::unique_ptr<const Normalizer>> read_nfkc(const JsonPart& part);

}  // namespace kindred::text
