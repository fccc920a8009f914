#include "files/torch_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "files/excerpt.h"
#include "files/pickle.h"
#include "files/zip.h"

namespace kindred::files {
namespace {

constexpr std::string_view kOrderedDictionary = "collections.OrderedDict";
constexpr std::string_view kTensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kParameter = "torch._utils._rebuild_parameter";

struct StorageType {
  std::string_view function;
  DataType type;
};
constexpr std::array kStorageTypes = {
    StorageType{"torch.FloatStorage", DataType::f32},
    StorageType{"torch.HalfStorage", DataType::f16},
    StorageType{"torch.BFloat16Storage", DataType::bf16},
    StorageType{"torch.DoubleStorage", DataType::f64},
    StorageType{"torch.LongStorage", DataType::i64},
    StorageType{"torch.IntStorage", DataType::i32},
    StorageType{"torch.ShortStorage", DataType::i16},
    StorageType{"torch.CharStorage", DataType::i8},
    StorageType{"torch.ByteStorage", DataType::u8},
    StorageType{"torch.BoolStorage", DataType::boolean},
};

std::vector<std::string_view> allowed_functions() {
  std::vector<std::string_view> functions = {kOrderedDictionary, kTensor, kParameter};
  for (const StorageType& type : kStorageTypes) functions.push_back(type.function);
  return functions;
}

/// What a storage holds.
struct Storage {
  DataType type;
  std::span<const std::byte> bytes;
  std::size_t values() const { return bytes.size() / bytes_of(type); }
};

/// The pickle of an archive and the storages beside it.
class Reader {
 public:
  Reader(const Pickle& pickle, const ZipEntries& entries, std::string_view folder,
         std::string_view name)
      : pickle_(pickle), entries_(entries), folder_(folder), name_(name) {}

  /// Tensors by name, those of `copied` in memory of their own.
  Result<std::vector<StoredTensor>> read(std::deque<std::vector<std::byte>>& copied) const {
    const PickleValue* items = dictionary(pickle_.root());
    if (items == nullptr)
      return broken(
          fmt::format("holds {}, a dictionary of tensors is needed", name_of(pickle_.root().kind)));
    std::vector<StoredTensor> tensors;
    std::set<std::string_view> names;
    const std::size_t first = first_item(*items);
    for (std::size_t i = first; i + 1 < items->items.size(); i += 2) {
      const PickleValue& key = pickle_.at(items->items[i]);
      const PickleValue* tensor = tensor_of(pickle_.at(items->items[i + 1]));
      if (key.kind != PickleKind::text || tensor == nullptr) continue;
      if (!names.insert(key.text).second)
        return broken(fmt::format("has two tensors \"{}\"", excerpt(key.text)));
      tensors.push_back(KINDRED_TRY(read_tensor(key.text, *tensor, copied)));
    }
    std::ranges::sort(tensors, {}, &StoredTensor::name);
    return tensors;
  }

 private:
  std::unexpected<Error> broken(std::string_view problem,
                                ErrorCode code = ErrorCode::corrupt) const {
    return fail(code, fmt::format("{}: {}", name_, problem));
  }

  /// Whether the value is a call of this function.
  bool calls(const PickleValue& value, std::string_view function) const {
    return value.kind == PickleKind::call && pickle_.at(value.items[0]).text == function;
  }
  const PickleValue& argument(const PickleValue& call, std::size_t i) const {
    return pickle_.at(pickle_.at(call.items[1]).items[i]);
  }
  std::size_t arguments(const PickleValue& call) const {
    return pickle_.at(call.items[1]).items.size();
  }

  /// The value whose items are keys and values, nullptr where it is no dictionary.
  const PickleValue* dictionary(const PickleValue& value) const {
    return value.kind == PickleKind::dictionary || calls(value, kOrderedDictionary) ? &value
                                                                                    : nullptr;
  }
  /// Of a call, items begin with the function and its arguments.
  static std::size_t first_item(const PickleValue& value) {
    return value.kind == PickleKind::call ? 2 : 0;
  }

  /// The call that makes a tensor, which a parameter may be around; nullptr: it is none.
  const PickleValue* tensor_of(const PickleValue& value) const {
    const PickleValue* tensor = &value;
    if (calls(value, kParameter) && arguments(value) > 0) tensor = &argument(value, 0);
    return calls(*tensor, kTensor) ? tensor : nullptr;
  }

  std::optional<std::size_t> size(const PickleValue& value) const {
    if (value.kind != PickleKind::integer || value.integer < 0) return std::nullopt;
    return static_cast<std::size_t>(value.integer);
  }
  std::optional<std::vector<std::size_t>> sizes(const PickleValue& value) const {
    if (value.kind != PickleKind::tuple) return std::nullopt;
    std::vector<std::size_t> found;
    for (const std::uint32_t item : value.items) {
      const auto one = size(pickle_.at(item));
      if (!one) return std::nullopt;
      found.push_back(*one);
    }
    return found;
  }

  /// ("storage", type, key, place, values)
  Result<Storage> read_storage(const PickleValue& value) const {
    constexpr std::size_t kParts = 5;
    const PickleValue* parts =
        value.kind == PickleKind::persistent ? &pickle_.at(value.items[0]) : nullptr;
    if (parts == nullptr || parts->kind != PickleKind::tuple || parts->items.size() != kParts)
      return broken("its storage is not described as torch.save describes one");
    const PickleValue& function = pickle_.at(parts->items[1]);
    const PickleValue& key = pickle_.at(parts->items[2]);
    const auto type = std::ranges::find(kStorageTypes, function.text, &StorageType::function);
    if (function.kind != PickleKind::function || type == kStorageTypes.end() ||
        key.kind != PickleKind::text)
      return broken("its storage is not described as torch.save describes one");
    const auto entry = entries_.find(fmt::format("{}data/{}", folder_, key.text));
    if (entry == entries_.end())
      return broken(fmt::format("its storage \"{}\" is not in the archive", excerpt(key.text)));
    return Storage{.type = type->type, .bytes = entry->second};
  }

  Result<StoredTensor> read_tensor(std::string_view tensor_name, const PickleValue& tensor,
                                   std::deque<std::vector<std::byte>>& copied) const {
    const auto wrong = [&](std::string_view problem) {
      return broken(fmt::format("tensor \"{}\": {}", excerpt(tensor_name), problem));
    };
    constexpr std::size_t kArguments = 4;  // that say where the values are; others follow
    if (arguments(tensor) < kArguments) return wrong("it is not described as torch.save does");
    const auto read = read_storage(argument(tensor, 0));
    if (!read) return std::unexpected(read.error());
    const Storage& storage = *read;
    const auto offset = size(argument(tensor, 1));
    const auto shape = sizes(argument(tensor, 2));
    const auto strides = sizes(argument(tensor, 3));
    if (!offset || !shape || !strides || shape->size() != strides->size())
      return wrong("it is not described as torch.save does");
    const auto bytes = bytes_of(*shape, storage.type);
    const std::size_t value_bytes = bytes_of(storage.type);
    const bool empty = bytes && *bytes == 0;
    if (!bytes || *bytes > storage.bytes.size() ||
        (!empty && !reaches(*offset, *shape, *strides, storage.values())))
      return wrong(fmt::format(
          "its {} values from {} on, strides {}, do not lie in a storage of {}",
          fmt::join(*shape, " x "), *offset, fmt::join(*strides, ", "), storage.values()));
    StoredTensor stored{.name = std::string(tensor_name), .type = storage.type, .shape = *shape};
    if (empty) return stored;
    if (row_by_row(*shape, *strides)) {
      stored.bytes = storage.bytes.subspan(*offset * value_bytes, *bytes);
      return stored;
    }
    std::vector<std::byte>& values = copied.emplace_back(*bytes);
    std::vector<std::size_t> at(shape->size());
    for (std::size_t i = 0; i < *bytes; i += value_bytes) {
      std::size_t from = *offset;
      for (std::size_t axis = 0; axis < at.size(); ++axis) from += at[axis] * (*strides)[axis];
      std::memcpy(values.data() + i, storage.bytes.data() + from * value_bytes, value_bytes);
      for (std::size_t axis = at.size(); axis-- > 0;) {
        if (++at[axis] < (*shape)[axis]) break;
        at[axis] = 0;
      }
    }
    stored.bytes = values;
    return stored;
  }

  /// Whether the last value lies below `limit`. No axis is empty.
  static bool reaches(std::size_t offset, const std::vector<std::size_t>& shape,
                      const std::vector<std::size_t>& strides, std::size_t limit) {
    if (offset >= limit) return false;
    std::size_t last = offset;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == 1) continue;
      if (strides[axis] > (limit - 1 - last) / (shape[axis] - 1)) return false;
      last += strides[axis] * (shape[axis] - 1);
    }
    return true;
  }

  static bool row_by_row(const std::vector<std::size_t>& shape,
                         const std::vector<std::size_t>& strides) {
    std::size_t expected = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (shape[axis] != 1 && strides[axis] != expected) return false;
      expected *= shape[axis];
    }
    return true;
  }

  const Pickle& pickle_;
  const ZipEntries& entries_;
  std::string_view folder_;
  std::string_view name_;
};

}  // namespace

Result<TorchWeights> TorchWeights::parse(std::span<const std::byte> file, std::string_view name) {
  if (!looks_like_zip(file))
    return fail(ErrorCode::unsupported,
                fmt::format("{}: is no zip archive; if PyTorch before 1.6 wrote it, load it with "
                            "torch.load and save it again",
                            name));
  const ZipEntries entries = KINDRED_TRY(parse_zip(file, name));
  constexpr std::string_view kPickle = "data.pkl";
  for (const auto& [entry, bytes] : entries) {
    if (entry.size() <= kPickle.size() || !entry.ends_with(kPickle) ||
        entry.find('/') != entry.size() - kPickle.size() - 1)
      continue;
    const std::string folder = entry.substr(0, entry.size() - kPickle.size());
    if (const auto order = entries.find(folder + "byteorder"); order != entries.end()) {
      const std::string_view text(reinterpret_cast<const char*>(order->second.data()),
                                  order->second.size());
      if (text != "little")
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: its byte order is \"{}\", Kindred reads \"little\"", name,
                                excerpt(text)));
    }
    const auto functions = allowed_functions();
    const Pickle pickle = KINDRED_TRY(Pickle::parse(bytes, name, functions));
    TorchWeights weights;
    weights.bytes_ = file;
    const Reader reader(pickle, entries, folder, name);
    weights.tensors_ = KINDRED_TRY(reader.read(weights.copied_));
    return weights;
  }
  return fail(ErrorCode::corrupt,
              fmt::format("{}: is a zip archive without the data.pkl of torch.save", name));
}

Result<TorchWeights> TorchWeights::open(const std::filesystem::path& path) {
  auto file = KINDRED_TRY(base::MappedFile::open(path));
  auto weights = KINDRED_TRY(parse(file.bytes(), path.string()));
  weights.file_ = std::move(file);
  return weights;
}

}  // namespace kindred::files
