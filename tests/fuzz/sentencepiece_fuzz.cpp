/// Any bytes as a SentencePiece model: an error of one line, or a tokenizer that cuts a text and
/// goes back from every piece.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "text/pipeline.h"
#include "text/readers/sentencepiece.h"

using namespace kindred;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto specification = text::parse_sentencepiece(bytes, "spiece.model");
  if (!specification) {
    if (!specification.error().message.starts_with("spiece.model")) std::abort();
    return 0;
  }
  const text::Pipeline pipeline(std::move(*specification));
  const auto scratch = pipeline.make_scratch();
  text::Pipeline::Tokens tokens;
  const std::string_view given =
      " the theatre  caf\xc3\xa9\xef\xac\x81 <x>a a\t\xe4\xb8\xad\xe3\x80\x80 \xff abba ";
  pipeline.run(given, 1000, true, *scratch, tokens);
  if (tokens.ids.size() != tokens.offsets.size()) std::abort();
  for (const TokenOffset& offset : tokens.offsets)
    if (offset.begin > offset.end || offset.end > given.size()) std::abort();
  const text::TokenizerSpecification& parts = pipeline.specification();
  std::vector<std::string> pieces;
  for (std::uint32_t id = 0; id < parts.vocabulary.ids(); ++id)
    pieces.emplace_back(parts.vocabulary.token(id));
  for (const auto& decoder : parts.decoders) decoder->decode(pieces);
  if (pieces.size() != 1) std::abort();
  return 0;
}
