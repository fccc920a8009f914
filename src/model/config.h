/// A JSON file of a model's folder (config.json and its kin), field by field, with errors that name
/// file and field.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::model {

/// Any JSON value in a file of at most 64 MiB.
Result<nlohmann::json> read_json(const std::filesystem::path& path);

class Config {
 public:
  /// The file holds one JSON object.
  static Result<Config> read(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const nlohmann::json& json() const { return json_; }

  /// A field that must be there, of the type asked for.
  Result<std::string> text(std::string_view field) const;
  Result<float> number(std::string_view field) const;
  /// A whole number of at least 1.
  Result<std::size_t> count(std::string_view field) const;
  /// The same, but absent or null is no value.
  Result<std::optional<std::size_t>> optional_count(std::string_view field) const;

  /// Fails where the field is there and is not `expected`: for what a family does in one way only.
  Result<void> require(std::string_view field, const nlohmann::json& expected) const;

  std::unexpected<Error> wrong(std::string_view field, std::string_view what) const;

 private:
  std::filesystem::path path_;
  nlohmann::json json_;
};

}  // namespace kindred::model
