#include "text/decoders/sentence_piece_decoder.h"

#include <string_view>

#include "text/decoders/replaced.h"
#include "text/normalized_text.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

constexpr std::string_view kBlank = "\u2581";

/// Appends `bytes` with U+FFFD for each that belongs to no code point.
void append_text(std::string_view bytes, std::string& text) {
  constexpr std::string_view kShown = "\uFFFD";
  for (std::size_t i = 0; i < bytes.size();) {
    const auto [code, size] = decode(bytes, i);
    const std::string_view character = bytes.substr(i, size);
    const bool wrong = code == kReplacement && character != kShown;
    text += wrong ? kShown : character;
    i += wrong ? 1 : size;
  }
}

}  // namespace

void SentencePieceDecoder::decode(std::vector<std::string>& tokens) const {
  std::string text;
  std::string bytes;        // of byte pieces that follow one another
  bool at_start = true;     // nothing but blanks that went has been seen
  bool took_blank = false;  // the piece before was what gave the one blank
  for (const std::string& token : tokens) {
    if (const auto byte = options_.bytes.find(token); byte != options_.bytes.end()) {
      bytes.push_back(static_cast<char>(byte->second));
      continue;
    }
    append_text(bytes, text);
    bytes.clear();
    if (took_blank || !text.empty()) at_start = false;
    took_blank = false;
    if (const auto shown = options_.shown.find(token); shown != options_.shown.end()) {
      text += shown->second;
      continue;
    }
    std::string_view piece = token;
    if (at_start && (options_.strips_blank || options_.strips_blanks) &&
        piece.starts_with(kBlank)) {
      piece.remove_prefix(kBlank.size());
      took_blank = !options_.strips_blanks;
    }
    text += replaced(piece, kBlank, " ");
  }
  append_text(bytes, text);
  if (options_.rewrite) {
    NormalizedText whole;
    NormalizedText spare;
    whole.assign(text, 0, /*keep_origins=*/false);
    options_.rewrite->normalize(whole, spare);
    text = std::move(whole.text);
  }
  tokens.assign(1, std::move(text));
}

}  // namespace kindred::text
