/// Any bytes as a record of a collection's store: nothing, or a record that encodes to the same
/// bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/records.h"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kindred::store;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto point = decode_point(bytes))
    expect(encode_point({.id = std::string(point->id),
                         .text = std::string(point->text),
                         .fields = std::string(point->fields)}) == bytes);
  if (const auto model = decode_model(bytes)) expect(encode_model(*model) == bytes);
  if (const auto state = decode_state(bytes)) expect(encode_state(*state) == bytes);
  if (const auto number = decode_number(bytes)) expect(encode_number(*number) == bytes);
  if (const auto operation = decode_operation(bytes)) expect(encode_operation(*operation) == bytes);
  if (const auto number = parse_number_key(bytes)) expect(number_key(*number) == bytes);
  return 0;
}
