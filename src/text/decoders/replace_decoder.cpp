#include <utility>

#include "text/decoders/readers.h"
#include "text/patterns/pattern.h"

namespace kindred::text {
namespace {

class ReplaceDecoder final : public Decoder {
 public:
  ReplaceDecoder(std::unique_ptr<const Pattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  void decode(std::vector<std::string>& tokens) const override {
    std::vector<Match> matches;
    std::string replaced;
    for (std::string& token : tokens) {
      matches.clear();
      pattern_->find(token, matches);
      if (matches.empty()) continue;
      replaced.clear();
      std::size_t done = 0;
      for (const Match match : matches) {
        replaced.append(token, done, match.begin - done).append(content_);
        done = match.end;
      }
      replaced.append(token, done);
      token.swap(replaced);
    }
  }

 private:
  std::unique_ptr<const Pattern> pattern_;
  std::string content_;
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_replace_decoder(const JsonPart& part) {
  auto pattern = KINDRED_TRY(read_pattern(part, "pattern"));
  std::string content(KINDRED_TRY(part.required<std::string_view>("content", "a text")));
  return std::make_unique<ReplaceDecoder>(std::move(pattern), std::move(content));
}

}  // namespace kindred::text
