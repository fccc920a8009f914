/// Any bytes as a text for tokenizers with every normalizer: offsets are ordered and inside the
/// text, and ids do not depend on whether they are asked for.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "kindred/tokenizer.h"

using namespace kindred;

namespace {

std::vector<Tokenizer> open_all() {
  constexpr std::array kNames = {"bytes.json",      "lowercase.json", "metaspace_after_words.json",
                                 "nfc.json",        "nfd.json",       "metaspace_first_split.json",
                                 "nfkc.json",       "nfkd.json",      "nfd_strip_accents.json",
                                 "nmt.json",        "prepend.json",   "t5_like.json",
                                 "unigram.model",   "bpe_user.model", "unigram_suffix.model",
                                 "precompiled.json"};
  std::vector<Tokenizer> tokenizers;
  for (const char* name : kNames) {
    auto tokenizer =
        Tokenizer::open(std::filesystem::path(KINDRED_FIXTURES) / "tokenizers/unigram" / name);
    if (!tokenizer) std::abort();
    tokenizers.push_back(std::move(*tokenizer));
  }
  return tokenizers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Tokenizer> tokenizers = open_all();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Tokenizer& tokenizer : tokenizers) {
    const auto with = tokenizer.tokenize({&text, 1}, {.offsets = true});
    const auto without = tokenizer.tokenize({&text, 1}, {});
    if (!with || !without || with->ids != without->ids) std::abort();
    if (with->offsets.size() != with->ids.size()) std::abort();
    std::uint32_t last = 0;
    for (const TokenOffset& offset : with->offsets) {
      if (offset.begin < last || offset.begin > offset.end || offset.end > size) std::abort();
      last = offset.begin;
    }
  }
  return 0;
}
