#include "embed/gathered_tokens.h"

#include <fmt/format.h>

#include <algorithm>

#include "files/excerpt.h"

namespace kindred::embed {

Result<void> check_tokens(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                          const TokenBatch& tokens, const model::Shape& shape) {
  const auto type = std::ranges::max_element(tokens.type_ids);
  if (shape.types > 0 && type != tokens.type_ids.end() && *type >= shape.types)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the tokenizer gives type {}, the encoder has {} types",
                            folder.string(), *type, shape.types));
  const auto largest = std::ranges::max_element(tokens.ids);
  if (largest == tokens.ids.end() || *largest < shape.vocabulary) return {};
  return fail(
      ErrorCode::corrupt,
      fmt::format("{}: the tokenizer gives id {} (\"{}\"), the encoder has {} word embeddings",
                  folder.string(), *largest, files::excerpt(tokenizer.token(*largest)),
                  shape.vocabulary));
}

}  // namespace kindred::embed
