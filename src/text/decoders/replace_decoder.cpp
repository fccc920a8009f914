#include <fmt/format.h>

#include <utility>

#include "text/decoders/readers.h"
#include "text/decoders/replaced.h"

namespace kindred::text {
namespace {

class ReplaceDecoder final : public Decoder {
 public:
  ReplaceDecoder(std::string pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) token = replaced(token, pattern_, content_);
  }

 private:
  std::string pattern_;
  std::string content_;
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_replace_decoder(const JsonPart& part) {
  const JsonPart pattern = KINDRED_TRY(part.part("pattern"));
  const auto string =
      KINDRED_TRY(pattern.optional<std::string_view>("String", "the text to replace"));
  if (!string)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: Kindred's decoders replace a \"String\"", pattern.place()));
  std::string content = KINDRED_TRY(part.text("content", ""));
  return std::make_unique<ReplaceDecoder>(std::string(*string), std::move(content));
}

}  // namespace kindred::text
