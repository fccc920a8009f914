/// OpenAI's encodings from their `.tiktoken` files: a line for each token, its bytes in Base64, a
/// blank, and its rank, which is its id.
///
/// The file says nothing of how words are cut and which tokens are special; its name does:
/// r50k_base, p50k_base, p50k_edit, cl100k_base, o200k_base. Any two neighbours whose bytes
/// together are a token may be merged, the lowest rank first (tiktoken 0.14, `byte_pair_merge`). A
/// file of another name is an error that lists these. A special token is found in a text
/// (`allowed_special="all"`).
///
/// Errors: a line that is not of this form, a token or a rank that stands twice, a byte without
/// token, a token longer than kLongestTiktoken.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "kindred/result.h"
#include "text/specification.h"

namespace kindred::text {

/// Bytes of a token; those there are have 128 at most.
inline constexpr std::size_t kLongestTiktoken = 1024;

/// `content` is the file's, `path` its name.
Result<TokenizerSpecification> parse_tiktoken(std::string_view content,
                                              const std::filesystem::path& path);
Result<TokenizerSpecification> read_tiktoken(const std::filesystem::path& path);

}  // namespace kindred::text
