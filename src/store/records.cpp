#include "store/records.h"

#include <bit>
#include <cstring>

namespace kindred::store {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are little-endian: this machine would have to swap bytes");

constexpr char kVersion = 1;

class Writer {
 public:
  explicit Writer(std::size_t expected) {
    bytes_.reserve(expected + 1);
    bytes_.push_back(kVersion);
  }
  void number(std::uint64_t value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void string(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void floats(std::span<const float> values) {
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads in the order of writing. A value that ends early makes everything after it zero, and
/// whole() false: one question at the end is enough.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) { good_ = byte() == kVersion; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    const auto bytes = take(sizeof value);
    if (good_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::uint8_t byte() {
    const auto bytes = take(1);
    return bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes.front());
  }
  std::string_view string() { return take(number()); }
  void floats(std::span<float> values) {
    const auto bytes = take(values.size_bytes());
    if (good_ && !bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  bool good() const { return good_; }
  bool whole() const { return good_ && rest_.empty(); }

 private:
  std::string_view take(std::uint64_t count) {
    good_ = good_ && count <= rest_.size();
    if (!good_) return {};
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string number_key(std::uint64_t number) {
  std::string key(sizeof number, '\0');
  for (std::size_t i = key.size(); i-- > 0; number >>= 8) key[i] = static_cast<char>(number & 0xff);
  return key;
}

std::optional<std::uint64_t> parse_number_key(std::string_view key) {
  if (key.size() != sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char byte : key) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string encode_point(const Document& document) {
  Writer writer(24 + document.id.size() + document.text.size() + document.fields.size());
  writer.string(document.id);
  writer.string(document.text);
  writer.string(document.fields);
  return writer.take();
}

std::optional<PointRecord> decode_point(std::string_view value) {
  Reader reader(value);
  PointRecord point;
  point.id = reader.string();
  point.text = reader.string();
  point.fields = reader.string();
  if (!reader.whole()) return std::nullopt;
  return point;
}

std::string encode_number(std::uint64_t number) {
  Writer writer(8);
  writer.number(number);
  return writer.take();
}

std::optional<std::uint64_t> decode_number(std::string_view value) {
  Reader reader(value);
  const auto number = reader.number();
  if (!reader.whole()) return std::nullopt;
  return number;
}

std::string encode_vector(std::span<const float> vector) {
  Writer writer(vector.size_bytes());
  writer.floats(vector);
  return writer.take();
}

bool decode_vector(std::string_view value, std::span<float> vector) {
  Reader reader(value);
  reader.floats(vector);
  return reader.whole();
}

std::string encode_state(const StateRecord& state) {
  Writer writer(24);
  writer.number(state.next_row);
  writer.number(state.documents);
  writer.number(state.sequence);
  return writer.take();
}

std::optional<StateRecord> decode_state(std::string_view value) {
  Reader reader(value);
  StateRecord state;
  state.next_row = reader.number();
  state.documents = reader.number();
  state.sequence = reader.number();
  if (!reader.whole()) return std::nullopt;
  return state;
}

std::string encode_operation(const OperationRecord& operation) {
  Writer writer(9);
  writer.byte(static_cast<std::uint8_t>(operation.operation));
  writer.number(operation.row);
  return writer.take();
}

std::optional<OperationRecord> decode_operation(std::string_view value) {
  Reader reader(value);
  OperationRecord operation;
  const auto kind = reader.byte();
  operation.row = reader.number();
  if (!reader.whole() || kind != static_cast<std::uint8_t>(Operation::put)) return std::nullopt;
  return operation;
}

std::string encode_model(const CollectionModel& model) {
  Writer writer(256);
  writer.string(model.name);
  writer.string(model.hash);
  writer.number(model.dimensions);
  writer.number(model.sentinels.size());
  for (const Sentinel& sentinel : model.sentinels) {
    writer.string(sentinel.text);
    writer.floats(sentinel.vector);
  }
  return writer.take();
}

std::optional<CollectionModel> decode_model(std::string_view value) {
  Reader reader(value);
  CollectionModel model;
  model.name = reader.string();
  model.hash = reader.string();
  model.dimensions = reader.number();
  const auto sentinels = reader.number();
  // What the value can't hold is not allocated; a value that ends early ends the loop.
  if (model.dimensions > value.size() && sentinels > 0) return std::nullopt;
  for (std::uint64_t i = 0; i < sentinels && reader.good(); ++i) {
    Sentinel sentinel;
    sentinel.text = reader.string();
    sentinel.vector.resize(model.dimensions);
    reader.floats(sentinel.vector);
    model.sentinels.push_back(std::move(sentinel));
  }
  if (!reader.whole() || model.sentinels.size() != sentinels) return std::nullopt;
  return model;
}

}  // namespace kindred::store
