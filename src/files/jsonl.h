/// JSON Lines: one JSON object a line, each a document with fields.
///
/// Blank lines are skipped. Every other line is one object, in UTF-8; anything else is an error
/// that names the line: `corpus.jsonl: line 17: ...`. Of fields with the same name the last one
/// counts, as in most readers of JSON. Nesting is limited, so that a hostile line can't exhaust the
/// stack.
///
///     auto documents = kindred::files::JsonLines::open("corpus.jsonl");
///     while (KINDRED_TRY(documents->next())) {
///       auto text = KINDRED_TRY(documents->text("abstract"));
///       auto payload = documents->others({"abstract", "id"});
///     }
///
/// Thread safety: one thread at a time. Cost: linear; memory for the longest line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "files/lines.h"
#include "kindred/result.h"

namespace kindred::files {

class JsonLines {
 public:
  static constexpr std::size_t kMaximumLine = std::size_t{1} << 28;

  /// "-" is standard input.
  static Result<JsonLines> open(const std::filesystem::path& path);
  explicit JsonLines(LineReader lines);

  JsonLines(JsonLines&&) noexcept;
  JsonLines& operator=(JsonLines&&) noexcept;
  ~JsonLines();

  /// Goes to the next document; false at the end.
  Result<bool> next();

  /// A field of the current document as text: a string's own text, a number as the file spells it.
  /// A missing field, or one of another kind (null, true, an object, an array), is an error that
  /// names line and field. The view is good until next().
  Result<std::string_view> text(std::string_view field) const;
  /// The same, but nothing where the field is missing or null.
  Result<std::optional<std::string_view>> optional_text(std::string_view name) const;

  /// The current document without the named fields, as compact JSON in the order of the line:
  /// `{"year":2024,"tags":["a"]}`. Values are kept as the file spells them, but for the blanks
  /// between their parts.
  std::string others(std::span<const std::string_view> without) const;
  std::string others(std::initializer_list<std::string_view> without) const {
    return others(std::span(without.begin(), without.size()));
  }

  const LineReader& lines() const { return lines_; }

 private:
  struct Parts;
  LineReader lines_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred::files
