/// Any bytes as a tokenizer.json: an error of one line, or a tokenizer that cuts a text.
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "text/pipeline.h"
#include "text/readers/tokenizer_json.h"

using namespace kindred;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  auto specification = text::parse_tokenizer_json(json, "tokenizer.json");
  if (!specification) {
    if (!specification.error().message.starts_with("tokenizer.json")) std::abort();
    return 0;
  }
  const text::Pipeline pipeline(std::move(*specification));
  const auto scratch = pipeline.make_scratch();
  text::Pipeline::Tokens tokens;
  const std::string_view given =
      "A caf\xc3\xa9 [MASK] <x>, \xe4\xb8\xad\xe3\x80\xaf\xcc\xa3 \xff abc";
  pipeline.run(given, 1000, true, *scratch, tokens);
  if (tokens.ids.size() != tokens.offsets.size()) std::abort();
  for (const TokenOffset& offset : tokens.offsets)
    if (offset.begin > offset.end || offset.end > given.size()) std::abort();
  return 0;
}
