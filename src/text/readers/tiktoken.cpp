#include "text/readers/tiktoken.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "files/lines.h"
#include "text/base64.h"
#include "text/byte_alphabet.h"
#include "text/decoders/readers.h"
#include "text/models/bpe.h"
#include "text/patterns/gpt2_words.h"
#include "text/patterns/gpt4_words.h"
#include "text/patterns/walk.h"
#include "text/pre_tokenizers/split.h"

namespace kindred::text {
namespace {

struct Special {
  std::string_view content;
  std::uint32_t id;
};
constexpr Special kOf50k[] = {{"<|endoftext|>", 50256}};
constexpr Special kOf50kEdit[] = {{"<|endoftext|>", 50256},
                                  {"<|fim_prefix|>", 50281},
                                  {"<|fim_middle|>", 50282},
                                  {"<|fim_suffix|>", 50283}};
constexpr Special kOf100k[] = {{"<|endoftext|>", 100257},
                               {"<|fim_prefix|>", 100258},
                               {"<|fim_middle|>", 100259},
                               {"<|fim_suffix|>", 100260},
                               {"<|endofprompt|>", 100276}};
constexpr Special kOf200k[] = {{"<|endoftext|>", 199999}, {"<|endofprompt|>", 200018}};

struct Encoding {
  std::string_view name;
  std::unique_ptr<const Pattern> (*words)();
  std::span<const Special> special;
};
constexpr Encoding kEncodings[] = {
    {"r50k_base", walk<Gpt2Words>, kOf50k},
    {"p50k_base", walk<Gpt2Words>, kOf50k},
    {"p50k_edit", walk<Gpt2Words>, kOf50kEdit},
    {"cl100k_base", walk<Gpt4Words<Gpt4Rules{.whole_space_at_end = true}>>, kOf100k},
    {"o200k_base", walk<Gpt4Words<Gpt4Rules{.cased = true, .slashes_behind_signs = true}>>,
     kOf200k},
};

Result<const Encoding*> encoding_of(const std::filesystem::path& path) {
  std::string names;
  for (const Encoding& encoding : kEncodings) {
    if (path.stem() == encoding.name) return &encoding;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", encoding.name);
  }
  return fail(
      ErrorCode::unsupported,
      fmt::format("{}: is none of the encodings that Kindred has: {}", path.string(), names));
}

/// A token's bytes; their ranks are in the vocabulary.
using Tokens = std::vector<std::string>;

Result<Tokens> read_tokens(std::string_view content, const std::filesystem::path& path,
                           Vocabulary& vocabulary) {
  auto lines = files::LineReader::of(content, path.string());
  Tokens tokens;
  std::size_t number = 0;
  while (const auto line = KINDRED_TRY(lines.next())) {
    const std::string place = fmt::format("{}: line {}", path.string(), ++number);
    if (line->empty()) continue;
    const std::size_t blank = line->find(' ');
    std::uint32_t rank = 0;
    const char* const end = line->data() + line->size();
    const char* const digits = line->data() + std::min(blank, line->size() - 1) + 1;
    const auto parsed = std::from_chars(digits, end, rank);
    auto bytes = decode_base64(line->substr(0, blank));
    if (blank == std::string_view::npos || !bytes || bytes->empty() ||
        bytes->size() > kLongestTiktoken || parsed.ec != std::errc() || parsed.ptr != end)
      return fail(
          ErrorCode::corrupt,
          fmt::format("{}: is not a token of at most {} bytes in Base64, a blank, and its rank",
                      place, kLongestTiktoken));
    KINDRED_TRY(vocabulary.add(spell_bytes(*bytes), rank, place));
    tokens.push_back(*std::move(bytes));
  }
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char letter = static_cast<char>(byte);
    if (!vocabulary.id(spell_bytes({&letter, 1})))
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: has no token for the byte {:#04x}", path.string(), byte));
  }
  return tokens;
}

/// Every way to put a token together from two.
Merges merges_of(const Tokens& tokens, const Vocabulary& vocabulary) {
  struct Pair {
    std::uint32_t first, second;
    Merge merge;
  };
  Vocabulary ranks;  // by bytes
  for (const std::string& token : tokens)
    static_cast<void>(ranks.add(token, *vocabulary.id(spell_bytes(token)), ""));
  std::vector<Pair> pairs;
  for (const std::string& token : tokens) {
    const std::uint32_t rank = *ranks.id(token);
    const std::string_view bytes = token;
    for (std::size_t i = 1; i < bytes.size(); ++i)
      if (const auto first = ranks.id(bytes.substr(0, i)))
        if (const auto second = ranks.id(bytes.substr(i)))
          pairs.push_back({*first, *second, {rank, rank}});
  }
  Merges merges(pairs.size());
  for (const Pair& pair : pairs) merges.add(pair.first, pair.second, pair.merge);
  return merges;
}

}  // namespace

Result<TokenizerSpecification> parse_tiktoken(std::string_view content,
                                              const std::filesystem::path& path) {
  const Encoding* encoding = KINDRED_TRY(encoding_of(path));
  TokenizerSpecification out;
  const Tokens tokens = KINDRED_TRY(read_tokens(content, path, out.vocabulary));
  out.pre_tokenizers.push_back(
      std::make_unique<Split>(encoding->words(), isolated, /*invert=*/false));
  out.decoders.push_back(make_byte_level_decoder());
  Merges merges = merges_of(tokens, out.vocabulary);
  BpeOptions options;
  options.ignore_merges = true;
  options.raw_bytes = true;
  out.model = std::make_unique<Bpe>(out.vocabulary, std::move(merges), std::move(options));
  for (const Special& special : encoding->special) {
    KINDRED_TRY(out.vocabulary.add(special.content, special.id, path.string()));
    out.added.push_back(
        {.content = std::string(special.content), .id = special.id, .special = true});
  }
  return out;
}

Result<TokenizerSpecification> read_tiktoken(const std::filesystem::path& path) {
  const std::string content = KINDRED_TRY(base::read_file(path));
  return parse_tiktoken(content, path);
}

}  // namespace kindred::text
