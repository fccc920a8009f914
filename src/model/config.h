/// A JSON file of a model's folder (config.json and its kin), field by field, with errors that name
/// file and field.
///
/// A Config remembers which fields were asked for. What a family of models neither reads nor knows
/// to be without effect might change its vectors, so it is an error (require_known).
///
/// Thread safety: none while it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::model {

/// Any JSON value in a file of at most 64 MiB.
Result<nlohmann::json> read_json(const std::filesystem::path& path);

class Config {
 public:
  /// The file holds one JSON object.
  static Result<Config> read(const std::filesystem::path& path);
  /// What another kind of file says in the same words; `path` is that file's, for messages.
  static Config of(const std::filesystem::path& path, nlohmann::json object);

  const std::filesystem::path& path() const { return path_; }
  const nlohmann::json& json() const { return json_; }

  /// A field that must be there, of the type asked for.
  Result<std::string> text(std::string_view field) const;
  Result<float> number(std::string_view field) const;
  /// A whole number of at least 1.
  Result<std::size_t> count(std::string_view field) const;
  /// Where the reference has a value of its own for a field that is absent.
  Result<float> number(std::string_view field, float otherwise) const;
  Result<std::size_t> count(std::string_view field, std::size_t otherwise) const;
  /// A token's id, which may be 0.
  Result<std::uint32_t> id(std::string_view field, std::uint32_t otherwise) const;
  /// true or false; absent or null is `otherwise`.
  Result<bool> flag(std::string_view field, bool otherwise) const;
  /// A list of texts; absent or null is no value.
  Result<std::optional<std::vector<std::string>>> texts(std::string_view field) const;
  /// An object, field by field like this one; absent or null is no value. Whoever reads it asks
  /// it for require_known, too.
  Result<std::optional<Config>> object(std::string_view field) const;
  bool contains(std::string_view field) const { return json_.contains(field); }
  /// The same, but absent or null is no value.
  Result<std::optional<std::size_t>> optional_count(std::string_view field) const;

  /// Fails where the field is there and is not `expected`: for what a family does in one way only.
  Result<void> require(std::string_view field, const nlohmann::json& expected) const;

  /// Fails where there is a field that was not asked for, is not null, and is neither one of
  /// `without_effect` nor one that no hidden state of any model depends on.
  Result<void> require_known(std::span<const std::string_view> without_effect) const;

  std::unexpected<Error> wrong(std::string_view field, std::string_view what) const;

 private:
  /// The field, or nothing where it is absent. From now on it is known.
  const nlohmann::json* find(std::string_view field) const;
  /// How an error names a field.
  std::string named(std::string_view field) const;

  std::filesystem::path path_;
  std::string within_;  // the objects around it, each followed by a dot
  nlohmann::json json_;
  mutable std::set<std::string, std::less<>> asked_;
};

}  // namespace kindred::model
