/// Any bytes as SentencePiece's compiled rules: an error of one line, or rules that leave a text
/// well-formed.
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "text/normalizers/precompiled.h"
#include "text/normalizers/sentence_piece_normalizer.h"

using namespace kindred;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto map = text::CharacterMap::parse(bytes, "rules");
  if (!map) {
    if (!map.error().message.starts_with("rules: ")) std::abort();
    return 0;
  }
  const std::string_view given =
      "the \xef\xac\x81 e\xcc\x81\r\n\x01 \xef\xbc\xa1\xc3\x9f\t\xe3\x80\x80";
  const auto check = [&](const text::Normalizer& normalizer) {
    text::NormalizedText normalized;
    text::NormalizedText spare;
    text::NormalizedText again;
    normalized.assign(given, 0, /*keep_origins=*/true);
    normalizer.normalize(normalized, spare);
    if (normalized.origins.size() != normalized.text.size()) std::abort();
    for (const TokenOffset& origin : normalized.origins)
      if (origin.begin > origin.end || origin.end > given.size()) std::abort();
    // Ill-formed bytes would be replaced here.
    again.assign(normalized.text, 0, /*keep_origins=*/false);
    if (again.text != normalized.text) std::abort();
  };
  check(text::SentencePieceNormalizer(
      {.rules = *map, .user_defined = text::Trie(), .adds_blank = true}));
  check(text::Precompiled(std::move(*map)));
  return 0;
}
