#include <utility>

#include "text/decoders/readers.h"
#include "text/decoders/replaced.h"

namespace kindred::text {
namespace {

class BpeDecoder final : public Decoder {
 public:
  explicit BpeDecoder(std::string suffix) : suffix_(std::move(suffix)) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = replaced(tokens[i], suffix_, i + 1 == tokens.size() ? "" : " ");
  }

 private:
  std::string suffix_;
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_bpe_decoder(const JsonPart& part) {
  return std::make_unique<BpeDecoder>(KINDRED_TRY(part.text("suffix", "</w>")));
}

}  // namespace kindred::text
