#include "files/json_error.h"

#include <new>

namespace kindred::files {

std::string_view json_problem(simdjson::error_code error) {
  switch (error) {
    case simdjson::MEMALLOC:
      throw std::bad_alloc();
    case simdjson::UTF8_ERROR:
      return "is not valid UTF-8";
    case simdjson::DEPTH_ERROR:
      return "is JSON nested deeper than 256 levels";
    case simdjson::STRING_ERROR:
    case simdjson::UNCLOSED_STRING:
    case simdjson::UNESCAPED_CHARS:
      return "is not valid JSON: a string is broken off or has a wrong escape or control character";
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE:
      return "is not valid JSON: a number is malformed or does not fit 64 bits";
    case simdjson::CAPACITY:
      return "is too large";
    case simdjson::EMPTY:
      return "is empty, JSON is needed";
    default:
      return "is not valid JSON";
  }
}

}  // namespace kindred::files
