#include <utility>

#include "text/decoders/readers.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

class StripDecoder final : public Decoder {
 public:
  StripDecoder(std::string character, std::size_t start, std::size_t stop)
      : character_(std::move(character)), start_(start), stop_(stop) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) {
      std::string_view left = token;
      for (std::size_t i = 0; i < start_ && left.starts_with(character_); ++i)
        left.remove_prefix(character_.size());
      for (std::size_t i = 0; i < stop_ && left.ends_with(character_); ++i)
        left.remove_suffix(character_.size());
      token = std::string(left);
    }
  }

 private:
  std::string character_;
  std::size_t start_;  ///< as many at most, from the start
  std::size_t stop_;
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_strip_decoder(const JsonPart& part) {
  std::string character = KINDRED_TRY(part.text("content", " "));
  if (character.empty() || decode(character, 0).size != character.size())
    return part.wrong("content", "one character");
  const std::size_t start = KINDRED_TRY(part.number("start", 0));
  const std::size_t stop = KINDRED_TRY(part.number("stop", 0));
  return std::make_unique<StripDecoder>(std::move(character), start, stop);
}

}  // namespace kindred::text
