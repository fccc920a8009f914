// write_safetensors(): the bytes that the reference library would write.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "files/safetensors.h"

namespace kindred::files {
namespace {

/// A JSON string. Names that are not UTF-8 get replacement characters: readers would refuse them.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<void> check(std::span<const StoredTensor* const> tensors, const std::string& path) {
  for (const StoredTensor* tensor : tensors) {
    if (tensor->name == "__metadata__")
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: no tensor may be called __metadata__", path));
    std::size_t values = 1;
    bool overflow = false;
    for (const std::size_t axis : tensor->shape)
      overflow |= __builtin_mul_overflow(values, axis, &values);
    if (overflow || tensor->bytes.size() % bytes_of(tensor->type) != 0 || tensor->size() != values)
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("{}: tensor \"{}\" has {} bytes, {} of shape [{}] needs another number", path,
                      tensor->name, tensor->bytes.size(), name_of(tensor->type),
                      fmt::join(tensor->shape, ", ")));
  }
  std::vector<std::string_view> names;
  for (const StoredTensor* tensor : tensors) names.push_back(tensor->name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end())
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: tensor \"{}\" comes twice", path, *twice));
  return {};
}

}  // namespace

Result<void> write_safetensors(base::FileSystem& files, const std::filesystem::path& path,
                               std::span<const StoredTensor> tensors,
                               const std::map<std::string, std::string, std::less<>>& metadata) {
  std::vector<const StoredTensor*> ordered;
  for (const auto& tensor : tensors) ordered.push_back(&tensor);
  std::ranges::sort(ordered, [](const StoredTensor* a, const StoredTensor* b) {
    return std::pair(b->type, std::string_view(a->name)) <
           std::pair(a->type, std::string_view(b->name));
  });
  KINDRED_TRY(check(ordered, path.string()));

  std::string header = "{";
  if (!metadata.empty()) {
    header += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata)
      header +=
          fmt::format("{}{}:{}", header.ends_with('{') ? "" : ",", quoted(key), quoted(value));
    header += '}';
  }
  std::size_t offset = 0;
  for (const StoredTensor* tensor : ordered) {
    header += fmt::format(R"({}{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                          header == "{" ? "" : ",", quoted(tensor->name), name_of(tensor->type),
                          fmt::join(tensor->shape, ","), offset, offset + tensor->bytes.size());
    offset += tensor->bytes.size();
  }
  header += '}';
  header.append((8 - header.size() % 8) % 8, ' ');

  return base::write_atomically(files, path, [&](base::WritableFile& file) -> Result<void> {
    const std::uint64_t length = header.size();
    KINDRED_TRY(file.write(std::as_bytes(std::span(&length, 1))));
    KINDRED_TRY(file.write(header));
    for (const StoredTensor* tensor : ordered) KINDRED_TRY(file.write(tensor->bytes));
    return {};
  });
}

}  // namespace kindred::files
