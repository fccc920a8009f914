#include "text/byte_alphabet.h"

#include <cstddef>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

constexpr char32_t kFirstStandIn = 0x100;

constexpr bool stands_for_itself(char32_t byte) {
  return (byte > ' ' && byte < 0x7F) || (byte > 0xA0 && byte != 0xAD);
}

constexpr std::array<char32_t, 256> make_alphabet() {
  std::array<char32_t, 256> alphabet{};
  char32_t next = kFirstStandIn;
  for (char32_t byte = 0; byte < 256; ++byte)
    alphabet[byte] = stands_for_itself(byte) ? byte : next++;
  return alphabet;
}
constexpr std::array<char32_t, 256> kAlphabet = make_alphabet();

/// By character: its byte and 1, or 0. The largest character is that of byte 0xAD.
constexpr std::array<std::uint16_t, kAlphabet[0xAD] + 1> make_bytes() {
  std::array<std::uint16_t, kAlphabet[0xAD] + 1> bytes{};
  for (std::uint16_t byte = 0; byte < 256; ++byte)
    bytes[kAlphabet[byte]] = static_cast<std::uint16_t>(byte + 1);
  return bytes;
}
constexpr auto kBytes = make_bytes();

}  // namespace

const std::array<char32_t, 256>& byte_alphabet() { return kAlphabet; }

std::optional<std::uint8_t> byte_of(char32_t character) {
  if (character >= kBytes.size() || kBytes[character] == 0) return std::nullopt;
  return static_cast<std::uint8_t>(kBytes[character] - 1);
}

std::string spell_bytes(std::string_view text) {
  std::string spelled;
  spelled.reserve(2 * text.size());
  for (const char byte : text) {
    char bytes[4];
    spelled.append(bytes, encode(kAlphabet[static_cast<unsigned char>(byte)], bytes));
  }
  return spelled;
}

std::optional<std::string> unspell_bytes(std::string_view spelled) {
  std::string bytes;
  for (std::size_t i = 0; i < spelled.size();) {
    const auto [code, size] = decode(spelled, i);
    const auto byte = byte_of(code);
    if (!byte) return std::nullopt;
    bytes.push_back(static_cast<char>(*byte));
    i += size;
  }
  return bytes;
}

}  // namespace kindred::text
