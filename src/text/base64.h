/// Base64 (RFC 4648, section 4), in which tokenizer files keep bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kindred::text {

/// The bytes that `text` stands for; nothing where it is not Base64 in whole groups of four with
/// their padding, or has bits left over that are not zero.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace kindred::text
