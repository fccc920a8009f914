/// Any bytes as the files beside a vocab.json, one after the other with bytes 0x1E between them: an
/// error of one line that names the folder, or a tokenizer that cuts a text.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "text/pipeline.h"
#include "text/readers/vocab_json.h"

using namespace kindred;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view left(reinterpret_cast<const char*>(data), size);
  std::array<std::string, 6> texts;
  for (std::string& text : texts) {
    const std::size_t end = left.find('\x1e');
    text = left.substr(0, end);
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
  }
  text::VocabJsonFiles files;
  files.folder = "folder";
  files.vocabulary = texts[0];
  files.merges = texts[1];
  files.settings = texts[2];
  if (!texts[3].empty()) files.special_tokens_map = texts[3];
  if (!texts[4].empty()) files.added_tokens = texts[4];
  if (!texts[5].empty()) files.config = texts[5];
  auto specification = text::parse_vocab_json(files);
  if (!specification) {
    if (!specification.error().message.starts_with("folder")) std::abort();
    return 0;
  }
  const text::Pipeline pipeline(std::move(*specification));
  const auto scratch = pipeline.make_scratch();
  text::Pipeline::Tokens tokens;
  const std::string_view given =
      "The  the caf\xc3\xa9 <s>low<mask> <n>\xe4\xb8\xad's \xff <|endoftext|>";
  pipeline.run(given, 1000, true, *scratch, tokens);
  if (tokens.ids.size() != tokens.offsets.size()) std::abort();
  for (const TokenOffset& offset : tokens.offsets)
    if (offset.begin > offset.end || offset.end > given.size()) std::abort();
  return 0;
}
