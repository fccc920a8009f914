/// Any bytes as one of OpenAI's encodings: an error of one line, or a tokenizer that cuts a text.
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "text/pipeline.h"
#include "text/readers/tiktoken.h"

using namespace kindred;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto specification = text::parse_tiktoken(bytes, "cl100k_base.tiktoken");
  if (!specification) {
    if (!specification.error().message.starts_with("cl100k_base.tiktoken")) std::abort();
    return 0;
  }
  const text::Pipeline pipeline(std::move(*specification));
  const auto scratch = pipeline.make_scratch();
  text::Pipeline::Tokens tokens;
  const std::string_view given = " the theatre's  caf\xc3\xa9 <|endoftext|>12345\n \xff abba ";
  pipeline.run(given, 1000, true, *scratch, tokens);
  if (tokens.ids.size() != tokens.offsets.size()) std::abort();
  for (const TokenOffset& offset : tokens.offsets)
    if (offset.begin > offset.end || offset.end > given.size()) std::abort();
  return 0;
}
