#include "text/byte_alphabet.h"
#include "text/decoders/readers.h"
#include "text/normalized_text.h"

namespace kindred::text {
namespace {

class ByteLevelDecoder final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string bytes;
    // A token that is not spelled in the alphabet (an added one) stands for itself.
    for (const std::string& token : tokens) bytes += unspell_bytes(token).value_or(token);
    // Tokens may end inside of a character, so only all bytes together are text.
    NormalizedText text;
    text.assign(bytes, 0, /*keep_origins=*/false);
    tokens.assign(1, std::move(text.text));
  }
};

}  // namespace

std::unique_ptr<const Decoder> make_byte_level_decoder() {
  return std::make_unique<ByteLevelDecoder>();
}

Result<std::unique_ptr<const Decoder>> read_byte_level_decoder(const JsonPart& /*part*/) {
  return make_byte_level_decoder();
}

}  // namespace kindred::text
