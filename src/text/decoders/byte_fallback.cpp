#include <charconv>
#include <optional>
#include <utility>

#include "text/decoders/readers.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// The byte of a token like "<0x61>".
std::optional<char> byte_of_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>')) return std::nullopt;
  // The reference's numbers may have a sign.
  const std::string_view digits = token.substr(token[3] == '+' ? 4 : 3, token[3] == '+' ? 1 : 2);
  unsigned value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return static_cast<char>(value);
}

bool is_text(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto [code, size] = decode(bytes, i);
    // What is replaced is not three bytes long, as the replacement itself is.
    if (code == kReplacement && bytes.substr(i, size) != "\uFFFD") return false;
    i += size;
  }
  return true;
}

class ByteFallback final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::vector<std::string> decoded;
    std::string bytes;
    const auto end_bytes = [&] {
      if (bytes.empty()) return;
      if (is_text(bytes)) {
        decoded.push_back(bytes);
      } else {
        decoded.insert(decoded.end(), bytes.size(), "\uFFFD");
      }
      bytes.clear();
    };
    for (std::string& token : tokens) {
      if (const auto byte = byte_of_token(token)) {
        bytes.push_back(*byte);
      } else {
        end_bytes();
        decoded.push_back(std::move(token));
      }
    }
    end_bytes();
    tokens = std::move(decoded);
  }
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_byte_fallback(const JsonPart& /*part*/) {
  return std::make_unique<ByteFallback>();
}

}  // namespace kindred::text
