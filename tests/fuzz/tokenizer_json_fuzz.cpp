/// Any bytes as a tokenizer.json: an error of one line, or a tokenizer that cuts a text, and frames
/// what it cuts: texts and pairs, whole and in windows.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>

#include "text/framer.h"
#include "text/pipeline.h"
#include "text/readers/tokenizer_json.h"
#include "text/text_error.h"

using namespace kindred;

namespace {

constexpr std::string_view kFirst =
    "A caf\xc3\xa9 [MASK] <x>, \xe4\xb8\xad\xe3\x80\xaf\xcc\xa3 \xff abc";
constexpr std::string_view kSecond = "abc  [MASK] \xc3\xa9";

/// As many of everything as there are tokens, in order, and offsets in a text.
void check(const TokenBatch& batch) {
  if (batch.type_ids.size() != batch.ids.size() || batch.offsets.size() != batch.ids.size() ||
      batch.starts.front() != 0 || batch.starts.back() != batch.ids.size() ||
      batch.truncated.size() != batch.sequences())
    std::abort();
  for (std::size_t i = 0; i < batch.sequences(); ++i)
    if (batch.starts[i] > batch.starts[i + 1]) std::abort();
  for (const TokenOffset& offset : batch.offsets)
    if (offset.begin > offset.end || offset.end > kFirst.size()) std::abort();
}

/// Frames a text or a pair; then again with what overflows, which must begin with the same.
void frame(const text::Pipeline& pipeline, text::Pipeline::Scratch& scratch, bool pair,
           TokenizeOptions options) {
  TokenBatch kept;
  text::Framer framer(pipeline, scratch, options, pair);
  if (!framer.check() || !framer.add(0, kFirst, pair ? kSecond : "", kept)) return;
  check(kept);
  if (kept.sequences() != 1) std::abort();
  const auto padding = pipeline.specification().padding.value_or(Padding{});
  if (padding.length < 1000 && padding.multiple_of < 1000) {
    const auto padded = pad(kept, padding);
    if (padded && padded->length < kept.ids.size()) std::abort();
  }
  options.overflow = true;
  TokenBatch all;
  text::Framer windows(pipeline, scratch, options, pair);
  if (!windows.add(0, kFirst, pair ? kSecond : "", all)) return;
  check(all);
  if (all.sources.size() != all.sequences() ||
      !std::ranges::equal(all.sequence(0), kept.sequence(0)))
    std::abort();
}

void cut_and_frame(text::TokenizerSpecification specification) {
  const text::Pipeline pipeline(std::move(specification));
  const auto scratch = pipeline.make_scratch();
  text::Pipeline::Tokens tokens;
  pipeline.run(kFirst, 1000, true, *scratch, tokens);
  if (tokens.ids.size() != tokens.offsets.size()) std::abort();
  for (const TokenOffset& offset : tokens.offsets)
    if (offset.begin > offset.end || offset.end > kFirst.size()) std::abort();
  for (const bool pair : {false, true})
    for (const bool special_tokens : {false, true})
      for (const std::size_t limit :
           {std::size_t{0}, std::size_t{7}, pipeline.specification().max_tokens})
        frame(pipeline, *scratch, pair,
              {.max_tokens = limit, .special_tokens = special_tokens, .offsets = true});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  auto specification = text::parse_tokenizer_json(json, "tokenizer.json");
  if (!specification) {
    if (!specification.error().message.starts_with("tokenizer.json")) std::abort();
    return 0;
  }
  // Whoever calls a pipeline has to expect that a text is beyond its tokenizer (tokenizer.cpp
  // does).
  try {
    cut_and_frame(std::move(*specification));
  } catch (const text::TextError& error) {
    if (std::string_view(error.what()).empty()) std::abort();
  }
  return 0;
}
