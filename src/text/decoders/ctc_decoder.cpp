#include <algorithm>
#include <utility>

#include "text/decoders/readers.h"
#include "text/decoders/replaced.h"

namespace kindred::text {
namespace {

/// Connectionist temporal classification (Graves et al. 2006): a model that hears says a token for
/// each moment, the same one as long as it lasts, and a padding between two equal ones.
class CtcDecoder final : public Decoder {
 public:
  CtcDecoder(std::string padding, std::string delimiter, bool cleanup)
      : padding_(std::move(padding)), delimiter_(std::move(delimiter)), cleanup_(cleanup) {}

  void decode(std::vector<std::string>& tokens) const override {
    tokens.erase(std::ranges::unique(tokens).begin(), tokens.end());
    for (std::string& token : tokens) {
      token = replaced(token, padding_, "");
      if (cleanup_) token = replaced(cleaned_up(std::move(token)), delimiter_, " ");
    }
    std::erase_if(tokens, [](const std::string& token) { return token.empty(); });
  }

 private:
  std::string padding_;
  std::string delimiter_;
  bool cleanup_;
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_ctc_decoder(const JsonPart& part) {
  std::string padding = KINDRED_TRY(part.text("pad_token", "<pad>"));
  std::string delimiter = KINDRED_TRY(part.text("word_delimiter_token", "|"));
  const bool cleanup = KINDRED_TRY(part.flag("cleanup", true));
  return std::make_unique<CtcDecoder>(std::move(padding), std::move(delimiter), cleanup);
}

}  // namespace kindred::text
