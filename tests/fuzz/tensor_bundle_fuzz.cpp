/// Any bytes as the table of a checkpoint's tensors, with the checksums that they need, beside data
/// of a few kilobytes; and any bytes as the whole index. An error of one line, or tensors whose
/// values can be read.
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "files/crc32c.h"
#include "files/tensor_bundle.h"

namespace {

using Bytes = std::vector<std::byte>;

void add_number(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::byte>(value | 0x80));
  out.push_back(static_cast<std::byte>(value));
}

/// A block as a table has it: not packed, with its checksum.
void add_block(Bytes& file, std::span<const std::byte> block) {
  const std::size_t begin = file.size();
  file.insert(file.end(), block.begin(), block.end());
  file.push_back(std::byte{0});
  const std::uint32_t checksum =
      std::rotr(kindred::files::crc32c(std::span(file).subspan(begin)), 15) + 0xA282EAD8;
  const auto bytes = std::bit_cast<std::array<std::byte, 4>>(checksum);
  file.insert(file.end(), bytes.begin(), bytes.end());
}

/// A table with one block of entries.
Bytes table_of(std::span<const std::byte> block) {
  Bytes file;
  add_block(file, block);
  Bytes place;
  add_number(place, 0);
  add_number(place, block.size());
  Bytes index;
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, place.size()})
    add_number(index, number);
  index.push_back(std::byte{'z'});
  index.insert(index.end(), place.begin(), place.end());
  index.insert(index.end(), 4, std::byte{0});  // one place where nothing is shared: the first
  index.insert(index.end(), {std::byte{1}, std::byte{0}, std::byte{0}, std::byte{0}});
  const std::size_t begin = file.size();
  add_block(file, index);
  Bytes footer;
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{0}, begin, index.size()})
    add_number(footer, number);
  footer.resize(40);
  constexpr std::uint64_t kMagic = 0xDB4775248B80FB57;
  const auto magic = std::bit_cast<std::array<std::byte, 8>>(kMagic);
  footer.insert(footer.end(), magic.begin(), magic.end());
  file.insert(file.end(), footer.begin(), footer.end());
  return file;
}

void read(std::span<const std::byte> index) {
  static const Bytes values(4096);
  const std::array<std::span<const std::byte>, 1> files = {values};
  const auto bundle = kindred::files::TensorBundle::parse(index, files, "fuzz");
  if (!bundle) {
    const std::string& message = bundle.error().message;
    if (message.empty() || message.contains('\n')) std::abort();
    return;
  }
  for (const auto& tensor : bundle->tensors()) {
    std::vector<float> floats(tensor.size());
    if (kindred::files::is_real(tensor.type) && !kindred::files::copy_as_f32(tensor, floats))
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  read(bytes);
  read(table_of(bytes));
  return 0;
}
