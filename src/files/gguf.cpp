#include "files/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/listed.h"
#include "files/excerpt.h"

namespace kindred::files {
namespace {

constexpr std::uint64_t kMostAxes = 4;
constexpr std::uint64_t kDefaultAlignment = 32;
constexpr std::uint64_t kLargestAlignment = 1U << 16;
constexpr std::size_t kLongestName = 65'535;

/// Types of values, by the file's numbers.
enum class ValueType : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  text,
  array,
  u64,
  i64,
  f64
};

struct TensorType {
  std::uint32_t number;
  DataType type;
  std::string_view name;
};
constexpr std::array kTensorTypes = {
    TensorType{0, DataType::f32, "F32"},    TensorType{1, DataType::f16, "F16"},
    TensorType{2, DataType::q4_0, "Q4_0"},  TensorType{3, DataType::q4_1, "Q4_1"},
    TensorType{6, DataType::q5_0, "Q5_0"},  TensorType{7, DataType::q5_1, "Q5_1"},
    TensorType{8, DataType::q8_0, "Q8_0"},  TensorType{12, DataType::q4_k, "Q4_K"},
    TensorType{13, DataType::q5_k, "Q5_K"}, TensorType{14, DataType::q6_k, "Q6_K"},
    TensorType{28, DataType::f64, "F64"},   TensorType{30, DataType::bf16, "BF16"},
};

/// Bytes of a number of this type; 0: it is none.
std::size_t size_of(ValueType type) {
  switch (type) {
    case ValueType::u8:
    case ValueType::i8:
    case ValueType::boolean:
      return 1;
    case ValueType::u16:
    case ValueType::i16:
      return 2;
    case ValueType::u32:
    case ValueType::i32:
    case ValueType::f32:
      return 4;
    case ValueType::u64:
    case ValueType::i64:
    case ValueType::f64:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

/// From the beginning of the file to its end, never beyond.
class Gguf::Reader {
 public:
  Reader(std::span<const std::byte> bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  Result<Gguf> read() {
    Gguf gguf;
    gguf.name_ = name_;
    gguf.bytes_ = bytes_;
    const auto magic = KINDRED_TRY(take(4, "the beginning"));
    if (std::memcmp(magic.data(), "GGUF", 4) != 0) return corrupt("doesn't begin with \"GGUF\"");
    const auto version = KINDRED_TRY(number<std::uint32_t>("the version"));
    if (version != 2 && version != 3) {
      const bool swapped = std::byteswap(version) == 2 || std::byteswap(version) == 3;
      return fail(ErrorCode::unsupported,
                  swapped
                      ? fmt::format("{}: is big-endian", name_)
                      : fmt::format("{}: has version {}, Kindred reads 2 and 3", name_, version));
    }
    const auto tensors = KINDRED_TRY(number<std::uint64_t>("the count of tensors"));
    const auto values = KINDRED_TRY(number<std::uint64_t>("the count of values"));
    // (A value and a tensor have a name's length, a type and more: 12 bytes at least.)
    constexpr std::size_t kLeast = 12;
    if (tensors > rest() / kLeast || values > rest() / kLeast)
      return corrupt(
          fmt::format("promises {} values and {} tensors, and ends before", values, tensors));
    for (std::uint64_t i = 0; i < values; ++i) KINDRED_TRY(read_value(gguf));
    std::vector<std::uint64_t> offsets;
    for (std::uint64_t i = 0; i < tensors; ++i) KINDRED_TRY(read_tensor(gguf, offsets));
    KINDRED_TRY(place_tensors(gguf, offsets));
    return gguf;
  }

 private:
  std::size_t rest() const { return bytes_.size() - at_; }

  std::unexpected<Error> corrupt(std::string_view problem) const {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", name_, problem));
  }

  Result<std::span<const std::byte>> take(std::uint64_t count, std::string_view what) {
    if (count > rest()) return corrupt(fmt::format("ends within {}", what));
    const auto taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }

  template <typename Number>
  Result<Number> number(std::string_view what) {
    const auto bytes = KINDRED_TRY(take(sizeof(Number), what));
    Number value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  Result<std::string_view> text(std::string_view what) {
    const auto length = KINDRED_TRY(number<std::uint64_t>(what));
    const auto bytes = KINDRED_TRY(take(length, what));
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  Result<std::string> name(std::string_view what) {
    const auto read = KINDRED_TRY(text(what));
    if (read.empty() || read.size() > kLongestName)
      return corrupt(fmt::format("{} has {} bytes", what, read.size()));
    return std::string(read);
  }

  /// A number as the widest of its kind.
  Result<Value> scalar(ValueType type, std::string_view what) {
    const auto widened = [&]<typename Number, typename Wide>(Number, Wide) -> Result<Value> {
      const Number value = KINDRED_TRY(number<Number>(what));
      return Result<Value>(std::in_place, static_cast<Wide>(value));
    };
    constexpr std::uint64_t kUnsigned = 0;
    constexpr std::int64_t kSigned = 0;
    switch (type) {
      case ValueType::u8:
        return widened(std::uint8_t{}, kUnsigned);
      case ValueType::i8:
        return widened(std::int8_t{}, kSigned);
      case ValueType::u16:
        return widened(std::uint16_t{}, kUnsigned);
      case ValueType::i16:
        return widened(std::int16_t{}, kSigned);
      case ValueType::u32:
        return widened(std::uint32_t{}, kUnsigned);
      case ValueType::i32:
        return widened(std::int32_t{}, kSigned);
      case ValueType::u64:
        return widened(std::uint64_t{}, kUnsigned);
      case ValueType::i64:
        return widened(std::int64_t{}, kSigned);
      case ValueType::f32:
        return widened(float{}, double{});
      case ValueType::f64:
        return widened(double{}, double{});
      case ValueType::boolean: {
        const auto byte = KINDRED_TRY(number<std::uint8_t>(what));
        if (byte > 1) return corrupt(fmt::format("{} is neither true nor false", what));
        return Value(byte == 1);
      }
      default:
        return corrupt(
            fmt::format("{} has the unknown type {}", what, static_cast<std::uint32_t>(type)));
    }
  }

  Result<Value> array(std::string_view what) {
    const auto type = static_cast<ValueType>(KINDRED_TRY(number<std::uint32_t>(what)));
    const auto count = KINDRED_TRY(number<std::uint64_t>(what));
    if (type == ValueType::array)
      return fail(ErrorCode::unsupported, fmt::format("{}: {} is an array of arrays", name_, what));
    const std::size_t least = type == ValueType::text ? sizeof(std::uint64_t) : size_of(type);
    if (least == 0)
      return corrupt(
          fmt::format("{} has the unknown type {}", what, static_cast<std::uint32_t>(type)));
    if (count > rest() / least)
      return corrupt(fmt::format("{} promises {} elements, and ends before", what, count));
    if (type == ValueType::text) {
      Texts texts(count);
      for (std::string_view& one : texts) one = KINDRED_TRY(text(what));
      return Value(std::move(texts));
    }
    Numbers numbers(count);
    for (double& one : numbers) {
      const Value value = KINDRED_TRY(scalar(type, what));
      one = std::visit(
          [](const auto& number) {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(number)>>)
              return static_cast<double>(number);
            else
              return 0.0;  // scalar() gives numbers
          },
          value);
    }
    return Value(std::move(numbers));
  }

  Result<void> read_value(Gguf& gguf) {
    std::string key = KINDRED_TRY(name("the name of a value"));
    const std::string what = fmt::format("\"{}\"", excerpt(key));
    const auto type = static_cast<ValueType>(KINDRED_TRY(number<std::uint32_t>(what)));
    Value value;
    if (type == ValueType::text)
      value = KINDRED_TRY(text(what));
    else if (type == ValueType::array)
      value = KINDRED_TRY(array(what));
    else
      value = KINDRED_TRY(scalar(type, what));
    if (!gguf.values_.emplace(std::move(key), std::move(value)).second)
      return corrupt(fmt::format("{} stands twice", what));
    return {};
  }

  Result<void> read_tensor(Gguf& gguf, std::vector<std::uint64_t>& offsets) {
    StoredTensor tensor{.name = KINDRED_TRY(name("the name of a tensor"))};
    const std::string what = fmt::format("tensor \"{}\"", excerpt(tensor.name));
    const auto axes = KINDRED_TRY(number<std::uint32_t>(what));
    if (axes > kMostAxes) return corrupt(fmt::format("{} has {} axes", what, axes));
    tensor.shape.resize(axes);
    for (std::size_t axis = axes; axis-- > 0;)
      tensor.shape[axis] = KINDRED_TRY(number<std::uint64_t>(what));
    const auto type = KINDRED_TRY(number<std::uint32_t>(what));
    const auto* found = std::ranges::find(kTensorTypes, type, &TensorType::number);
    if (found == kTensorTypes.end())
      return fail(ErrorCode::unsupported,
                  fmt::format("{}: {} has the type {}, Kindred has: {}", name_, what, type,
                              base::listed(kTensorTypes, &TensorType::name)));
    tensor.type = found->type;
    offsets.push_back(KINDRED_TRY(number<std::uint64_t>(what)));
    gguf.tensors_.push_back(std::move(tensor));
    return {};
  }

  /// Gives each tensor its bytes.
  Result<void> place_tensors(Gguf& gguf, const std::vector<std::uint64_t>& offsets) {
    const std::uint64_t alignment =
        KINDRED_TRY(gguf.count("general.alignment")).value_or(kDefaultAlignment);
    if (alignment == 0 || alignment > kLargestAlignment || !std::has_single_bit(alignment))
      return gguf.wrong("general.alignment", "a power of two up to 65536");
    const std::uint64_t begin = (at_ + alignment - 1) / alignment * alignment;
    const std::uint64_t size = begin < bytes_.size() ? bytes_.size() - begin : 0;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      StoredTensor& tensor = gguf.tensors_[i];
      const auto needed = bytes_of(tensor.shape, tensor.type);
      if (!needed || offsets[i] > size || *needed > size - offsets[i] ||
          offsets[i] % alignment != 0)
        return corrupt(fmt::format("tensor \"{}\" doesn't lie in the file", excerpt(tensor.name)));
      if (*needed > 0) tensor.bytes = bytes_.subspan(begin + offsets[i], *needed);
    }
    std::ranges::sort(gguf.tensors_, {}, &StoredTensor::name);
    const auto twice = std::ranges::adjacent_find(gguf.tensors_, {}, &StoredTensor::name);
    if (twice != gguf.tensors_.end())
      return corrupt(fmt::format("tensor \"{}\" stands twice", excerpt(twice->name)));
    return {};
  }

  std::span<const std::byte> bytes_;
  std::string name_;
  std::size_t at_ = 0;
};

Result<Gguf> Gguf::open(const std::filesystem::path& path) {
  auto file = KINDRED_TRY(base::MappedFile::open(path));
  Gguf gguf = KINDRED_TRY(parse(file.bytes(), path.string()));
  gguf.file_ = std::move(file);  // which keeps its place
  return gguf;
}

Result<Gguf> Gguf::parse(std::span<const std::byte> file, std::string_view name) {
  return Reader(file, name).read();
}

std::unexpected<Error> Gguf::wrong(std::string_view name, std::string_view what) const {
  return fail(ErrorCode::corrupt,
              fmt::format("{}: \"{}\" is {}, {} is needed", name_, excerpt(name),
                          contains(name) ? "wrong" : "missing", what));
}

template <typename Kind>
Result<std::optional<Kind>> Gguf::value(std::string_view name, std::string_view kind) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  const Kind* value = std::get_if<Kind>(&found->second);
  if (value == nullptr) return wrong(name, kind);
  return *value;
}

Result<std::optional<std::uint64_t>> Gguf::count(std::string_view name) const {
  const auto found = values_.find(name);
  if (found != values_.end())
    if (const auto* number = std::get_if<std::int64_t>(&found->second); number && *number >= 0)
      return static_cast<std::uint64_t>(*number);
  return value<std::uint64_t>(name, "a whole number of at least 0");
}

Result<std::optional<double>> Gguf::number(std::string_view name) const {
  auto number = KINDRED_TRY(value<double>(name, "a number"));
  if (number && !std::isfinite(*number)) return wrong(name, "a finite number");
  return number;
}

Result<std::optional<bool>> Gguf::flag(std::string_view name) const {
  return value<bool>(name, "true or false");
}

Result<std::optional<std::string_view>> Gguf::text(std::string_view name) const {
  return value<std::string_view>(name, "a text");
}

Result<std::span<const std::string_view>> Gguf::texts(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::span<const std::string_view>();
  const auto* texts = std::get_if<Texts>(&found->second);
  if (texts == nullptr) return wrong(name, "a list of texts");
  return std::span<const std::string_view>(*texts);
}

Result<std::vector<double>> Gguf::numbers(std::string_view name) const {
  return KINDRED_TRY(value<Numbers>(name, "a list of numbers")).value_or(Numbers());
}

}  // namespace kindred::files
