#include <utility>

#include "text/decoders/readers.h"
#include "text/decoders/replaced.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

class MetaspaceDecoder final : public Decoder {
 public:
  MetaspaceDecoder(std::string replacement, bool prepended)
      : replacement_(std::move(replacement)), prepended_(prepended) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = replaced(tokens[i], replacement_, i == 0 && prepended_ ? "" : " ");
  }

 private:
  std::string replacement_;
  bool prepended_;  ///< a text began with one that it did not have
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_metaspace_decoder(const JsonPart& part) {
  std::string replacement = KINDRED_TRY(part.text("replacement", "\u2581"));
  if (replacement.empty() || decode(replacement, 0).size != replacement.size())
    return part.wrong("replacement", "one character");
  const bool prefix = KINDRED_TRY(part.flag("add_prefix_space", true));
  const std::string scheme = KINDRED_TRY(part.text("prepend_scheme", prefix ? "always" : "never"));
  if (scheme != "always" && scheme != "first" && scheme != "never")
    return part.wrong("prepend_scheme", "always, first or never");
  return std::make_unique<MetaspaceDecoder>(std::move(replacement), scheme != "never");
}

}  // namespace kindred::text
