#include <array>
#include <utility>

#include "text/decoders/readers.h"
#include "text/decoders/replaced.h"

namespace kindred::text {
namespace {

class WordPieceDecoder final : public Decoder {
 public:
  WordPieceDecoder(std::string prefix, bool cleanup)
      : prefix_(std::move(prefix)), cleanup_(cleanup) {}

  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      std::string& token = tokens[i];
      if (i > 0) token = token.starts_with(prefix_) ? token.substr(prefix_.size()) : " " + token;
      if (cleanup_) token = cleaned_up(std::move(token));
    }
  }

 private:
  std::string prefix_;
  bool cleanup_;
};

}  // namespace

std::string cleaned_up(std::string text) {
  using Pair = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Pair, 11> kPairs = {{{" .", "."},
                                            {" ?", "?"},
                                            {" !", "!"},
                                            {" ,", ","},
                                            {" ' ", "'"},
                                            {" n't", "n't"},
                                            {" 'm", "'m"},
                                            {" do not", " don't"},
                                            {" 's", "'s"},
                                            {" 've", "'ve"},
                                            {" 're", "'re"}}};
  for (const auto& [from, to] : kPairs) text = replaced(text, from, to);
  return text;
}

Result<std::unique_ptr<const Decoder>> read_word_piece_decoder(const JsonPart& part) {
  std::string prefix = KINDRED_TRY(part.text("prefix", "##"));
  const bool cleanup = KINDRED_TRY(part.flag("cleanup", true));
  return make_word_piece_decoder(std::move(prefix), cleanup);
}

std::unique_ptr<const Decoder> make_word_piece_decoder(std::string prefix, bool cleanup) {
  return std::make_unique<WordPieceDecoder>(std::move(prefix), cleanup);
}

}  // namespace kindred::text
