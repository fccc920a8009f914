#include "files/hdf5_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kindred::files {
namespace {

constexpr std::size_t kMostMessages = 4096;
constexpr std::size_t kMostAxes = 32;

/// Types of messages that matter here.
enum class Message : std::uint16_t {
  dataspace = 0x01,
  link_info = 0x02,
  data_type = 0x03,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  filters = 0x0B,
  continuation = 0x10,
  symbol_table = 0x11,
};

Result<std::vector<std::size_t>> read_shape(const Hdf5Bytes& file, Hdf5Cursor cursor) {
  const auto version = KINDRED_TRY(cursor.number(1));
  const auto axes = KINDRED_TRY(cursor.number(1));
  KINDRED_TRY(cursor.number(1));  // whether there are maximal sizes, too
  const auto kind = KINDRED_TRY(cursor.number(1));
  if (version == 1)
    KINDRED_TRY(cursor.number(4));
  else if (version != 2)
    return file.unsupported(fmt::format("a shape of version {}", version));
  constexpr std::uint64_t kNull = 2;
  if (axes > kMostAxes || (version == 2 && kind == kNull))
    return file.unsupported("a shape without values, or of too many axes");
  std::vector<std::size_t> shape(axes);
  for (std::size_t& axis : shape) axis = KINDRED_TRY(cursor.number(8));
  return shape;
}

/// Nothing where values are no IEEE numbers.
Result<std::optional<Hdf5Number>> read_number(Hdf5Cursor cursor) {
  struct Format {
    DataType type;
    // Bytes, bits, and exponent's place, size, fraction's place, size, and the exponent's bias.
    std::array<std::uint64_t, 7> form;
  };
  constexpr std::array kFormats = {Format{DataType::f16, {2, 16, 10, 5, 0, 10, 15}},
                                   Format{DataType::f32, {4, 32, 23, 8, 0, 23, 127}},
                                   Format{DataType::f64, {8, 64, 52, 11, 0, 52, 1023}}};
  constexpr std::uint64_t kFloat = 1;
  const auto kind = KINDRED_TRY(cursor.number(1));
  const auto bits = KINDRED_TRY(cursor.number(3));
  const auto size = KINDRED_TRY(cursor.number(4));
  if ((kind & 15U) != kFloat || (bits & 0x40U) != 0) return std::nullopt;
  std::array<std::uint64_t, 7> form = {size};
  const auto offset = KINDRED_TRY(cursor.number(2));
  form[1] = KINDRED_TRY(cursor.number(2));
  for (std::size_t i = 2; i < 6; ++i) form[i] = KINDRED_TRY(cursor.number(1));
  form[6] = KINDRED_TRY(cursor.number(4));
  const auto* found = std::ranges::find(kFormats, form, &Format::form);
  if (found == kFormats.end() || offset != 0) return std::nullopt;
  return Hdf5Number{.type = found->type, .big_endian = (bits & 1U) != 0};
}

Result<Hdf5Layout> read_layout(const Hdf5Bytes& file, Hdf5Cursor cursor) {
  const auto version = KINDRED_TRY(cursor.number(1));
  if (version != 3) return file.unsupported(fmt::format("a layout of version {}", version));
  Hdf5Layout layout;
  switch (KINDRED_TRY(cursor.number(1))) {
    case 0: {
      layout.kind = Hdf5Layout::Kind::compact;
      const auto size = KINDRED_TRY(cursor.number(2));
      layout.values = KINDRED_TRY(cursor.take(size));
      return layout;
    }
    case 1:
      layout.kind = Hdf5Layout::Kind::contiguous;
      layout.address = KINDRED_TRY(cursor.number(8));
      layout.size = KINDRED_TRY(cursor.number(8));
      return layout;
    case 2: {
      layout.kind = Hdf5Layout::Kind::chunked;
      const auto axes = KINDRED_TRY(cursor.number(1));  // and one for the bytes of a value
      layout.address = KINDRED_TRY(cursor.number(8));
      if (axes == 0 || axes > kMostAxes + 1) return file.corrupt("chunks have too many axes");
      for (std::uint64_t i = 0; i + 1 < axes; ++i)
        layout.chunk.push_back(KINDRED_TRY(cursor.number(4)));
      if (std::ranges::find(layout.chunk, std::uint64_t{0}) != layout.chunk.end())
        return file.corrupt("chunks have an axis without values");
      return layout;
    }
    default:
      return file.unsupported("an array that is made of other arrays");
  }
}

Result<std::vector<Hdf5Filter>> read_filters(const Hdf5Bytes& file, Hdf5Cursor cursor) {
  const auto version = KINDRED_TRY(cursor.number(1));
  const auto count = KINDRED_TRY(cursor.number(1));
  if (version == 1)
    KINDRED_TRY(cursor.number(6));
  else if (version != 2)
    return file.unsupported(fmt::format("filters of version {}", version));
  constexpr std::uint64_t kFirstNamed = 256;
  std::vector<Hdf5Filter> filters;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto filter = KINDRED_TRY(cursor.number(2));
    const bool named = version == 1 || filter >= kFirstNamed;
    const auto name = named ? KINDRED_TRY(cursor.number(2)) : 0;
    KINDRED_TRY(cursor.number(2));  // flags
    const auto values = KINDRED_TRY(cursor.number(2));
    KINDRED_TRY(cursor.take(version == 1 ? (name + 7) / 8 * 8 : name));
    KINDRED_TRY(cursor.take(4 * (version == 1 ? (values + 1) / 2 * 2 : values)));
    if (filter != 1 && filter != 2)
      return file.unsupported(fmt::format("filter {} (there are: deflate, shuffle)", filter));
    filters.push_back(filter == 1 ? Hdf5Filter::deflate : Hdf5Filter::shuffle);
  }
  return filters;
}

/// Reads one message into an object. A message of an array that we don't have is a problem of that
/// array, which may not be wanted.
class Messages {
 public:
  Messages(const Hdf5Bytes& file, Hdf5Object& object) : file_(file), object_(object) {}

  Result<void> read(Message type, std::uint64_t flags, std::span<const std::byte> content) {
    const Hdf5Cursor cursor(file_, content);
    constexpr std::uint64_t kShared = 2;
    const bool shared = (flags & kShared) != 0;
    switch (type) {
      case Message::dataspace:
        return shared ? has_problem("has a shape that is kept elsewhere")
                      : take(read_shape(file_, cursor), object_.shape);
      case Message::data_type:
        if (shared) return has_problem("has a type that is kept elsewhere");
        object_.number = KINDRED_TRY(read_number(cursor));
        return {};
      case Message::layout:
        return take(read_layout(file_, cursor), object_.layout);
      case Message::filters: {
        std::optional<std::vector<Hdf5Filter>> filters;
        KINDRED_TRY(take(read_filters(file_, cursor), filters));
        if (filters) object_.filters = std::move(*filters);
        return {};
      }
      case Message::external_files:
        return has_problem("has values that are kept in another file");
      case Message::symbol_table: {
        Hdf5Cursor numbers = cursor;
        Hdf5Group group;
        group.tree = KINDRED_TRY(numbers.number(8));
        group.heap = KINDRED_TRY(numbers.number(8));
        object_.group = group;
        return {};
      }
      case Message::link_info:
      case Message::link:
        return file_.unsupported("a group of the newer kind");
      default:
        return {};
    }
  }

 private:
  Result<void> has_problem(std::string_view what) {
    object_.problem = what;
    return {};
  }

  template <typename Value>
  Result<void> take(Result<Value> value, std::optional<Value>& to) {
    if (value) {
      to = std::move(*value);
    } else if (value.error().code == ErrorCode::unsupported) {
      object_.problem = value.error().message.substr(file_.name().size() + 2);
    } else {
      return std::unexpected(std::move(value.error()));
    }
    return {};
  }

  const Hdf5Bytes& file_;
  Hdf5Object& object_;
};

}  // namespace

Result<std::span<const std::byte>> Hdf5Bytes::at(std::uint64_t address, std::uint64_t count) const {
  if (address > bytes_.size() || count > bytes_.size() - address)
    return corrupt(fmt::format("names {} bytes at {}, and has {}", count, address, bytes_.size()));
  return bytes_.subspan(address, count);
}

std::unexpected<Error> Hdf5Bytes::corrupt(std::string_view problem) const {
  return fail(ErrorCode::corrupt, fmt::format("{}: {}", name_, problem));
}

std::unexpected<Error> Hdf5Bytes::unsupported(std::string_view problem) const {
  return fail(ErrorCode::unsupported,
              fmt::format("{}: has {}, which Kindred doesn't read", name_, problem));
}

Result<std::uint64_t> Hdf5Cursor::number(std::size_t size) {
  const auto bytes = KINDRED_TRY(take(size));
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

Result<std::span<const std::byte>> Hdf5Cursor::take(std::size_t size) {
  if (size > bytes_.size()) return file_.corrupt("a part of it ends early");
  const auto taken = bytes_.first(size);
  bytes_ = bytes_.subspan(size);
  return taken;
}

Result<Hdf5Object> read_hdf5_object(const Hdf5Bytes& file, std::uint64_t address) {
  constexpr std::size_t kHead = 16;  // with the bytes that align the messages
  Hdf5Cursor head(file, KINDRED_TRY(file.at(address, kHead)));
  if (KINDRED_TRY(head.number(1)) != 1) return file.unsupported("an object of the newer kind");
  KINDRED_TRY(head.number(1));
  const auto count = KINDRED_TRY(head.number(2));
  KINDRED_TRY(head.number(4));  // how many links lead here
  const auto size = KINDRED_TRY(head.number(4));
  if (count > kMostMessages) return file.corrupt(fmt::format("an object has {} messages", count));

  Hdf5Object object;
  Messages messages(file, object);
  std::vector<Hdf5Cursor> blocks = {Hdf5Cursor(file, KINDRED_TRY(file.at(address + kHead, size)))};
  std::uint64_t read = 0;
  constexpr std::size_t kMessageHead = 8;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    while (read < count && blocks[block].rest() >= kMessageHead) {
      ++read;
      const auto type = static_cast<Message>(KINDRED_TRY(blocks[block].number(2)));
      const auto length = KINDRED_TRY(blocks[block].number(2));
      const auto flags = KINDRED_TRY(blocks[block].number(1));
      KINDRED_TRY(blocks[block].take(3));
      const auto content = KINDRED_TRY(blocks[block].take(length));
      if (type == Message::continuation) {
        Hdf5Cursor place(file, content);
        const auto next = KINDRED_TRY(place.number(8));
        const auto next_size = KINDRED_TRY(place.number(8));
        blocks.emplace_back(file, KINDRED_TRY(file.at(next, next_size)));
      } else {
        KINDRED_TRY(messages.read(type, flags, content));
      }
    }
  }
  return object;
}

}  // namespace kindred::files
