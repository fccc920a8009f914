/// A GGUF file (llama.cpp's): named values that describe a model and its tokenizer, and tensors.
///
/// "GGUF", a version (2 or 3), the counts of tensors and values; then the values, each with its
/// name and type, the tensors' names, axes (the fastest first), types and places, and behind the
/// next multiple of `general.alignment` the tensors themselves. Everything is little-endian.
///
/// Counts, lengths and places are checked against the file before memory is taken; a tensor of a
/// type that we don't have, an array of arrays and a big-endian file are errors that say so.
///
/// Thread safety: immutable; read from any thread. Cost: linear in the description; a tensor's
/// bytes are read from the disk on first touch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/mapped_file.h"
#include "files/tensor_source.h"
#include "kindred/result.h"

namespace kindred::files {

class Gguf final : public TensorSource {
 public:
  static Result<Gguf> open(const std::filesystem::path& path);
  /// Reads bytes that the caller keeps alive. `name` is the file's, for messages.
  static Result<Gguf> parse(std::span<const std::byte> file, std::string_view name);

  std::span<const StoredTensor> tensors() const override { return tensors_; }
  std::vector<std::span<const std::byte>> contents() const override { return {bytes_}; }

  /// A value by its name; nothing where there is none; an error where it is of another kind.
  Result<std::optional<std::uint64_t>> count(std::string_view name) const;
  Result<std::optional<double>> number(std::string_view name) const;
  Result<std::optional<bool>> flag(std::string_view name) const;
  Result<std::optional<std::string_view>> text(std::string_view name) const;
  /// Arrays; where there is none: no elements.
  Result<std::span<const std::string_view>> texts(std::string_view name) const;
  Result<std::vector<double>> numbers(std::string_view name) const;
  /// The file's, for messages.
  const std::string& name() const { return name_; }
  bool contains(std::string_view name) const { return values_.contains(name); }

  /// `NAME: "general.name" is wrong, WHAT is needed`
  std::unexpected<Error> wrong(std::string_view name, std::string_view what) const;

 private:
  using Texts = std::vector<std::string_view>;
  using Numbers = std::vector<double>;
  using Value =
      std::variant<std::uint64_t, std::int64_t, double, bool, std::string_view, Texts, Numbers>;
  class Reader;

  /// The value where it has this kind.
  template <typename Kind>
  Result<std::optional<Kind>> value(std::string_view name, std::string_view kind) const;

  std::string name_;
  base::MappedFile file_;  // empty where parse() was given the bytes
  std::span<const std::byte> bytes_;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<StoredTensor> tensors_;
};

}  // namespace kindred::files
