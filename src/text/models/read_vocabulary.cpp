#include "text/models/read_vocabulary.h"

#include <fmt/format.h>

#include <string>

namespace kindred::text {

Result<void> read_vocabulary(const JsonPart& part, std::string_view field, Vocabulary& out) {
  const auto tokens =
      KINDRED_TRY(part.required<simdjson::dom::object>(field, "an object of tokens and ids"));
  const std::string place = fmt::format("{}: {}", part.place(), field);
  for (const auto [token, value] : tokens) {
    std::uint64_t id = 0;
    if (value.get(id) != simdjson::SUCCESS)
      return fail(
          ErrorCode::corrupt,
          fmt::format("{}: the id of \"{}\" is not a whole number of at least 0", place, token));
    KINDRED_TRY(out.add(token, id, place));
  }
  return {};
}

}  // namespace kindred::text
