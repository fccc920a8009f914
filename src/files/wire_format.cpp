#include "files/wire_format.h"

#include <fmt/format.h>

#include <bit>

namespace kindred::files {
namespace {

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

float WireReader::Field::as_float() const {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value));
}

Result<std::uint64_t> WireReader::number() {
  // Seven bits a byte, the lowest first; the last byte has no high bit.
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 10 && i < left_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(left_[i]);
    value |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) {
      left_.remove_prefix(i + 1);
      return value;
    }
  }
  return fail(ErrorCode::corrupt,
              fmt::format("{}: a number does not end, {} bytes are left", place_, left_.size()));
}

Result<std::string_view> WireReader::take(std::uint64_t size) {
  if (size > left_.size())
    return fail(ErrorCode::corrupt,
                fmt::format("{}: a field needs {} bytes, {} are left", place_, size, left_.size()));
  const std::string_view taken = left_.substr(0, size);
  left_.remove_prefix(taken.size());
  return taken;
}

Result<std::optional<WireReader::Field>> WireReader::next() {
  if (left_.empty()) return std::nullopt;
  const std::uint64_t tag = KINDRED_TRY(number());
  Field field;
  field.number = tag >> 3;
  switch (tag & 7) {
    case 0:
      field.kind = Kind::number;
      field.value = KINDRED_TRY(number());
      break;
    case 1:
      field.kind = Kind::fixed64;
      field.value = little_endian(KINDRED_TRY(take(8)));
      break;
    case 2: {
      field.kind = Kind::bytes;
      const std::uint64_t size = KINDRED_TRY(number());
      field.bytes = KINDRED_TRY(take(size));
      break;
    }
    case 5:
      field.kind = Kind::fixed32;
      field.value = little_endian(KINDRED_TRY(take(4)));
      break;
    default:
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: field {} has the kind {}, which there is not", place_,
                              field.number, tag & 7));
  }
  return field;
}

}  // namespace kindred::files
