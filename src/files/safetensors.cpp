#include "files/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "files/excerpt.h"
#include "files/json_error.h"

namespace kindred::files {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaximumHeader = 100'000'000;
constexpr std::size_t kMaximumAxes = 64;

Result<std::vector<std::size_t>> parse_sizes(simdjson::dom::element element,
                                             std::string_view what) {
  simdjson::dom::array array;
  std::vector<std::size_t> sizes;
  if (element.get(array) != simdjson::SUCCESS || array.size() > kMaximumAxes)
    return fail(ErrorCode::corrupt, fmt::format("its {} is not a list of numbers", what));
  for (const auto value : array) {
    std::uint64_t size = 0;
    if (value.get(size) != simdjson::SUCCESS)
      return fail(ErrorCode::corrupt,
                  fmt::format("its {} holds something else than whole numbers", what));
    sizes.push_back(size);
  }
  return sizes;
}

/// One entry of the header. Its errors say what is wrong; the caller says where.
Result<StoredTensor> parse_tensor(std::string_view name, simdjson::dom::element element,
                                  std::span<const std::byte> data) {
  simdjson::dom::object entry;
  if (element.get(entry) != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, "its description is not an object");
  StoredTensor tensor{.name = std::string(name)};

  std::string_view type_name;
  if (entry["dtype"].get(type_name) != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, "it has no dtype");
  const auto type = type_named(type_name);
  if (!type)
    return fail(ErrorCode::unsupported,
                fmt::format("its dtype \"{}\" is unknown", excerpt(type_name)));
  tensor.type = *type;

  simdjson::dom::element shape;
  simdjson::dom::element place;
  if (entry["shape"].get(shape) != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, "it has no shape");
  if (entry["data_offsets"].get(place) != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, "it has no data_offsets");
  tensor.shape = KINDRED_TRY(parse_sizes(shape, "shape"));
  const auto offsets = KINDRED_TRY(parse_sizes(place, "data_offsets"));
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size())
    return fail(ErrorCode::corrupt,
                fmt::format("its data_offsets [{}] don't lie in the {} bytes of data",
                            fmt::join(offsets, ", "), data.size()));
  tensor.bytes = data.subspan(offsets[0], offsets[1] - offsets[0]);
  const auto needed = bytes_of(tensor.shape, tensor.type);
  if (needed != tensor.bytes.size())
    return fail(ErrorCode::corrupt,
                fmt::format("its data_offsets hold {} bytes, {} of shape [{}] needs {}",
                            tensor.bytes.size(), name_of(*type), fmt::join(tensor.shape, ", "),
                            needed ? fmt::to_string(*needed) : "more than 2^64"));
  return tensor;
}

/// The tensors' bytes follow each other from the first to the last byte of the data.
Result<void> check_coverage(std::span<const StoredTensor> tensors, std::span<const std::byte> data,
                            std::string_view name) {
  std::vector<const StoredTensor*> by_offset;
  by_offset.reserve(tensors.size());
  for (const auto& tensor : tensors) by_offset.push_back(&tensor);
  // An empty tensor comes before the one that starts where it stands.
  std::ranges::sort(by_offset, {}, [](const StoredTensor* tensor) {
    return std::pair(tensor->bytes.data(), tensor->bytes.size());
  });
  const std::byte* expected = data.data();
  for (const StoredTensor* tensor : by_offset) {
    if (tensor->bytes.data() != expected)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: tensor \"{}\" starts at byte {} of the data, the one before it "
                              "ends at {}",
                              name, excerpt(tensor->name), tensor->bytes.data() - data.data(),
                              expected - data.data()));
    expected += tensor->bytes.size();
  }
  if (expected != data.data() + data.size())
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the tensors end at byte {} of the data, which has {} bytes", name,
                            expected - data.data(), data.size()));
  return {};
}

}  // namespace

Result<SafeTensors> SafeTensors::open(const std::filesystem::path& path) {
  auto file = KINDRED_TRY(base::real_file_system().map(path));
  auto parsed = KINDRED_TRY(parse(file.bytes(), path.string()));
  parsed.file_ = std::move(file);
  return parsed;
}

Result<SafeTensors> SafeTensors::parse(std::span<const std::byte> file, std::string_view name) {
  const auto broken = [&](std::string_view problem) {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", name, problem));
  };
  if (file.size() < kLengthBytes)
    return broken(fmt::format("has {} bytes, too few for a safetensors file", file.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  if (length > kMaximumHeader)
    return broken(
        fmt::format("is not a safetensors file: its header would have {} bytes, {} are "
                    "the limit",
                    length, kMaximumHeader));
  if (length > file.size() - kLengthBytes)
    return broken(fmt::format("ends within its header: {} bytes of it are promised, {} follow",
                              length, file.size() - kLengthBytes));
  const auto data = file.subspan(kLengthBytes + length);

  // The map may end where the header does; simdjson reads a little beyond, hence the copy.
  const simdjson::padded_string json(reinterpret_cast<const char*>(file.data()) + kLengthBytes,
                                     length);
  simdjson::dom::parser parser;
  if (const auto error = parser.allocate(std::max<std::size_t>(length, 64), kMaximumJsonDepth))
    return broken(fmt::format("its header {}", json_problem(error)));
  simdjson::dom::element document;
  if (const auto error = parser.parse(json).get(document))
    return broken(fmt::format("its header {}", json_problem(error)));
  simdjson::dom::object header;
  if (document.get(header) != simdjson::SUCCESS) return broken("its header is not a JSON object");

  SafeTensors result;
  result.bytes_ = file;
  for (const auto& [key, value] : header) {
    if (key == "__metadata__") {
      simdjson::dom::object notes;
      if (value.is_null()) continue;
      if (value.get(notes) != simdjson::SUCCESS) return broken("its __metadata__ is not an object");
      for (const auto& [note, content] : notes) {
        std::string_view text;
        if (content.get(text) != simdjson::SUCCESS)
          return broken(fmt::format("its __metadata__ \"{}\" is not text", excerpt(note)));
        result.metadata_.insert_or_assign(std::string(note), std::string(text));
      }
      continue;
    }
    auto tensor = parse_tensor(key, value, data);
    if (!tensor)
      return fail(tensor.error().code,
                  fmt::format("{}: tensor \"{}\": {}", name, excerpt(key), tensor.error().message));
    result.tensors_.push_back(std::move(*tensor));
  }
  std::ranges::sort(result.tensors_, {}, &StoredTensor::name);
  const auto twice = std::ranges::adjacent_find(result.tensors_, {}, &StoredTensor::name);
  if (twice != result.tensors_.end())
    return broken(fmt::format("tensor \"{}\" comes twice", excerpt(twice->name)));
  KINDRED_TRY(check_coverage(result.tensors_, data, name));
  return result;
}

}  // namespace kindred::files
