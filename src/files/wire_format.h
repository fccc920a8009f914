/// The wire format of protocol buffers: a message is fields one after the other, each a number, a
/// kind, and a value.
///
/// Reads what stands there without a copy and knows no message: a reader of one asks for the fields
/// that it needs and lets the others pass, as the format intends.
/// Errors: a value that goes past the end, a kind that does not exist, the groups of old. Nothing
/// outside of the bytes is read, whatever they say.
/// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::files {

class WireReader {
 public:
  enum class Kind : std::uint8_t { number, fixed64, bytes, fixed32 };
  struct Field {
    std::uint64_t number = 0;  ///< of the field
    Kind kind = Kind::number;
    std::uint64_t value = 0;  ///< of kinds number, fixed32 and fixed64
    std::string_view bytes;   ///< of kind bytes: text, or a message

    bool operator==(const Field&) const = default;
    bool is(std::uint64_t wanted, Kind wanted_kind) const {
      return number == wanted && kind == wanted_kind;
    }
    float as_float() const;  ///< of kind fixed32
  };

  /// `place` begins the messages of errors.
  WireReader(std::string_view message, std::string_view place) : left_(message), place_(place) {}

  /// The next field; nothing at the end.
  Result<std::optional<Field>> next();

 private:
  Result<std::uint64_t> number();
  Result<std::string_view> take(std::uint64_t size);

  std::string_view left_;
  std::string place_;
};

}  // namespace kindred::files
