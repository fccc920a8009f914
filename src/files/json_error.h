/// What is wrong with a piece of JSON, in words that finish a message: `corpus.jsonl: line 17: is
/// not valid JSON`.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace kindred::files {

/// How deeply arrays and objects may lie in each other in what we read.
inline constexpr std::size_t kMaximumJsonDepth = 256;

/// `error` is not SUCCESS. Throws std::bad_alloc where simdjson ran out of memory.
std::string_view json_problem(simdjson::error_code error);

}  // namespace kindred::files
