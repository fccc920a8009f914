#include "text/normalizers/kinds.h"

#include "text/normalizers/bert_normalizer.h"
#include "text/normalizers/byte_level_normalizer.h"
#include "text/normalizers/lowercase.h"
#include "text/normalizers/nmt.h"
#include "text/normalizers/precompiled.h"
#include "text/normalizers/prepend.h"
#include "text/normalizers/replace.h"
#include "text/normalizers/strip.h"
#include "text/normalizers/strip_accents.h"
#include "text/normalizers/unicode_form.h"

namespace kindred::text {
namespace {

using Read = Result<std::unique_ptr<const Normalizer>>(const JsonPart&);
constexpr Kind<Read> kKinds[] = {
    {"BertNormalizer", read_bert_normalizer},
    {"ByteLevel", read_byte_level_normalizer},
    {"Lowercase", read_lowercase},
    {"NFC", read_nfc},
    {"NFD", read_nfd},
    {"NFKC", read_nfkc},
    {"NFKD", read_nfkd},
    {"Nmt", read_nmt},
    {"Precompiled", read_precompiled},
    {"Prepend", read_prepend},
    {"Replace", read_replace},
    {"Strip", read_strip},
    {"StripAccents", read_strip_accents},
};

}  // namespace

Result<void> read_normalizers(const JsonPart& part,
                              std::vector<std::unique_ptr<const Normalizer>>& out) {
  return read_sequence(part, "normalizer", "normalizers", std::span<const Kind<Read>>(kKinds), out);
}

}  // namespace kindred::text
