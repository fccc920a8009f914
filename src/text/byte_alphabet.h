/// The byte-level alphabet: 256 visible characters that stand for the 256 bytes, so that any text
/// is a string of characters that a vocabulary can hold (Radford et al. 2019, "Language Models are
/// Unsupervised Multitask Learners", section 2.2). Printable bytes of Latin-1 stand for themselves,
/// the others for U+0100 and on, in order.
///
/// Thread safety: pure. Cost: a table look-up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kindred::text {

/// The character of each byte.
const std::array<char32_t, 256>& byte_alphabet();

/// The byte that a character stands for; nothing where it is not of the alphabet.
std::optional<std::uint8_t> byte_of(char32_t character);

/// Each byte of `text` as its character, in UTF-8.
std::string spell_bytes(std::string_view text);

/// The bytes that `spelled` stands for; nothing where a character is not of the alphabet, or it is
/// not UTF-8.
std::optional<std::string> unspell_bytes(std::string_view spelled);

}  // namespace kindred::text
