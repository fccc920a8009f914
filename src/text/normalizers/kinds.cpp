#include "text/normalizers/kinds.h"

#include "text/normalizers/bert_normalizer.h"

namespace kindred::text {
namespace {

using Read = Result<std::unique_ptr<const Normalizer>>(const JsonPart&);
constexpr Kind<Read> kKinds[] = {
    {"BertNormalizer", read_bert_normalizer},
};

}  // namespace

Result<void> read_normalizers(const JsonPart& part,
                              std::vector<std::unique_ptr<const Normalizer>>& out) {
  return read_sequence(part, "normalizer", "normalizers", std::span<const Kind<Read>>(kKinds), out);
}

}  // namespace kindred::text
