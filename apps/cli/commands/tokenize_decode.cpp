#include "tokenize_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "files/lines.h"
#include "one_line.h"

namespace kindred::cli {
namespace {

using nlohmann::json;
using Ids = std::vector<std::uint32_t>;

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kShown = 40;  // columns of a wrong word in a message

std::unexpected<Error> no_id(const std::string& place, std::string_view word) {
  return fail(ErrorCode::invalid_argument, fmt::format("{}: \"{}\" is no id of a token", place,
                                                       shortened(one_line(word), kShown)));
}

Result<Ids> ids_in_words(std::string_view line, const std::string& place) {
  Ids ids;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) return ids;
    const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
    std::uint32_t id = 0;
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, id);
    if (error != std::errc() || stop != end) return no_id(place, word);
    ids.push_back(id);
    line.remove_prefix(word.size());
  }
}

Result<Ids> ids_in_json(std::string_view line, const std::string& place) {
  const json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  const auto found = value.is_object() ? value.find("ids") : value.end();
  const json& list = value.is_object() && found != value.end() ? *found : value;
  if (!list.is_array())
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: is no list of ids, and no object with \"ids\"", place));
  Ids ids;
  ids.reserve(list.size());
  for (const json& id : list) {
    if (!id.is_number_unsigned() ||
        id.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max())
      return no_id(place, id.dump(-1, ' ', false, json::error_handler_t::replace));
    ids.push_back(id.get<std::uint32_t>());
  }
  return ids;
}

Result<Ids> ids_in(std::string_view line, const std::string& place) {
  const std::size_t first = line.find_first_not_of(kBlanks);
  const bool is_json =
      first != std::string_view::npos && (line[first] == '[' || line[first] == '{');
  return is_json ? ids_in_json(line, place) : ids_in_words(line, place);
}

}  // namespace

Result<void> decode_ids(const Tokenizer& tokenizer, const DecodeOptions& options) {
  for (const std::string& path : options.paths) {
    auto lines = KINDRED_TRY(files::LineReader::open(path));
    while (const auto line = KINDRED_TRY(lines.next())) {
      const Ids ids = KINDRED_TRY(ids_in(*line, lines.place()));
      const auto text = tokenizer.decode(ids, /*skip_special_tokens=*/!options.special_tokens);
      if (!text)
        return fail(text.error().code, fmt::format("{}: {}", lines.place(), text.error().message));
      if (options.json) {
        const json row = {{"text", *text}};
        fmt::print("{}\n", row.dump(-1, ' ', false, json::error_handler_t::replace));
      } else {
        fmt::print("{}\n", *text);
      }
    }
  }
  return {};
}

}  // namespace kindred::cli
