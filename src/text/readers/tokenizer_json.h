/// `tokenizer.json`, the format of Hugging Face tokenizers: reading.
///
/// Each part of a tokenizer is an object with a "type"; a type that Kindred doesn't have is an
/// error that names it and lists those we have. The padding section is not read: batches are
/// unpadded.
#pragma once

#include <filesystem>
#include <string_view>

#include "kindred/result.h"
#include "text/specification.h"

namespace kindred::text {

/// `name` is the file's, for messages.
Result<TokenizerSpecification> parse_tokenizer_json(std::string_view json, std::string_view name);
Result<TokenizerSpecification> read_tokenizer_json(const std::filesystem::path& path);

}  // namespace kindred::text
