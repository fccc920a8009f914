#include "model/config.h"

#include <fmt/format.h>

#include "base/file_system.h"

namespace kindred::model {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} << 20;
/// No size in a real configuration comes near; products of a few of them don't overflow.
constexpr std::uint64_t kLargestCount = std::uint64_t{1} << 20;

/// A value as an error shows it: short, on one line.
std::string shown(const nlohmann::json& value) {
  std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > 60) text.replace(57, std::string::npos, "...");
  return text;
}

}  // namespace

Result<nlohmann::json> read_json(const std::filesystem::path& path) {
  const std::string text = KINDRED_TRY(base::read_file(path, kLargestFile));
  // nlohmann's parser and destructor keep their own stack: depth costs memory, never the call
  // stack.
  auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return fail(ErrorCode::corrupt, fmt::format("{}: is not valid JSON", path.string()));
  return json;
}

Result<Config> Config::read(const std::filesystem::path& path) {
  Config config;
  config.path_ = path;
  config.json_ = KINDRED_TRY(read_json(path));
  if (!config.json_.is_object())
    return fail(ErrorCode::corrupt, fmt::format("{}: holds {}, an object is needed", path.string(),
                                                config.json_.type_name()));
  return config;
}

std::unexpected<Error> Config::wrong(std::string_view field, std::string_view what) const {
  const auto found = json_.find(field);
  return fail(ErrorCode::corrupt,
              fmt::format("{}: \"{}\" is {}, {} is needed", path_.string(), field,
                          found == json_.end() ? "missing" : shown(*found), what));
}

Result<std::string> Config::text(std::string_view field) const {
  const auto found = json_.find(field);
  if (found == json_.end() || !found->is_string()) return wrong(field, "a text");
  return found->get<std::string>();
}

Result<float> Config::number(std::string_view field) const {
  const auto found = json_.find(field);
  if (found == json_.end() || !found->is_number()) return wrong(field, "a number");
  return found->get<float>();
}

Result<std::size_t> Config::count(std::string_view field) const {
  const auto value = KINDRED_TRY(optional_count(field));
  if (!value) return wrong(field, "a whole number above 0");
  return *value;
}

Result<std::optional<std::size_t>> Config::optional_count(std::string_view field) const {
  const auto found = json_.find(field);
  if (found == json_.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() == 0 ||
      found->get<std::uint64_t>() > kLargestCount)
    return wrong(field, fmt::format("a whole number from 1 to {}", kLargestCount));
  return found->get<std::size_t>();
}

Result<void> Config::require(std::string_view field, const nlohmann::json& expected) const {
  const auto found = json_.find(field);
  if (found == json_.end() || *found == expected) return {};
  return fail(ErrorCode::unsupported,
              fmt::format("{}: \"{}\" is {}, Kindred has {}", path_.string(), field, shown(*found),
                          shown(expected)));
}

}  // namespace kindred::model
