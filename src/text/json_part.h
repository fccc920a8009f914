/// An object of a tokenizer's JSON file and its place in it ("t.json: model"), for messages; and
/// tables of kinds: what an object's "type" may be, and what reads it.
///
/// Errors: every one names the place and the field; a kind that is not in the table is named, with
/// those that are.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kindred/result.h"

namespace kindred::text {

class JsonPart {
 public:
  JsonPart(simdjson::dom::object fields, std::string place)
      : fields_(fields), place_(std::move(place)) {}

  const simdjson::dom::object& fields() const { return fields_; }
  const std::string& place() const { return place_; }

  std::unexpected<Error> wrong(std::string_view field, std::string_view needed) const {
    return fail(ErrorCode::corrupt,
                fmt::format("{}: \"{}\" is missing or wrong, {} is needed", place_, field, needed));
  }
  /// Absent and null are the same: nothing.
  template <typename T>
  Result<std::optional<T>> optional(std::string_view field, std::string_view needed) const {
    simdjson::dom::element value;
    if (fields_.at_key(field).get(value) != simdjson::SUCCESS || value.is_null())
      return std::nullopt;
    T found;
    if (value.get(found) != simdjson::SUCCESS) return wrong(field, needed);
    return found;
  }
  template <typename T>
  Result<T> required(std::string_view field, std::string_view needed) const {
    const auto found = KINDRED_TRY(optional<T>(field, needed));
    if (!found) return wrong(field, needed);
    return *found;
  }
  Result<bool> flag(std::string_view field, bool otherwise) const {
    return KINDRED_TRY(optional<bool>(field, "true or false")).value_or(otherwise);
  }
  Result<std::string> text(std::string_view field, std::string_view otherwise) const {
    return std::string(
        KINDRED_TRY(optional<std::string_view>(field, "a text")).value_or(otherwise));
  }
  Result<std::uint64_t> number(std::string_view field, std::uint64_t otherwise) const {
    return KINDRED_TRY(optional<std::uint64_t>(field, "a whole number of at least 0"))
        .value_or(otherwise);
  }
  Result<JsonPart> part(std::string_view field) const {
    const auto fields = KINDRED_TRY(required<simdjson::dom::object>(field, "an object"));
    return JsonPart(fields, fmt::format("{}: {}", place_, field));
  }
  /// The object that is `value`, an element of the list `field`.
  Result<JsonPart> element_of(std::string_view field, simdjson::dom::element value) const {
    simdjson::dom::object fields;
    if (value.get(fields) != simdjson::SUCCESS) return wrong(field, "a list of objects");
    return JsonPart(fields, fmt::format("{}: {}", place_, field));
  }

 private:
  simdjson::dom::object fields_;
  std::string place_;
};

/// A row of a table of kinds: "type", and what reads an object of it.
template <typename Read>
struct Kind {
  std::string_view type;
  Read* read;
};

/// The row for the "type" of `part`, which is a `what` ("normalizer").
template <typename Read>
Result<const Kind<Read>*> find_kind(const JsonPart& part, std::string_view what,
                                    std::span<const Kind<Read>> kinds) {
  const auto type = KINDRED_TRY(part.required<std::string_view>("type", "the name of a kind"));
  std::string known;
  for (const Kind<Read>& kind : kinds) {
    if (kind.type == type) return &kind;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", kind.type);
  }
  return fail(ErrorCode::unsupported, fmt::format("{}: the {} is \"{}\", Kindred has: {}",
                                                  part.place(), what, type, known));
}

/// Reads `part`, or the parts of a Sequence of them, which are listed in its field `members`, in
/// order into `out`.
template <typename T, typename Read>
Result<void> read_sequence(const JsonPart& part, std::string_view what, std::string_view members,
                           std::span<const Kind<Read>> kinds,
                           std::vector<std::unique_ptr<const T>>& out) {
  if (part.optional<std::string_view>("type", "") == "Sequence") {
    const auto list = KINDRED_TRY(part.required<simdjson::dom::array>(members, "a list of parts"));
    for (const simdjson::dom::element member : list) {
      const JsonPart inner = KINDRED_TRY(part.element_of(members, member));
      KINDRED_TRY(read_sequence(inner, what, members, kinds, out));
    }
    return {};
  }
  const Kind<Read>* kind = KINDRED_TRY(find_kind(part, what, kinds));
  out.push_back(KINDRED_TRY(kind->read(part)));
  return {};
}

}  // namespace kindred::text
