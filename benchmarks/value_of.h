/// What a benchmark does with a Result: its value, or the end of the program with its message.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "kindred/result.h"

namespace kindred::benchmarks {

template <typename T>
T value_of(Result<T> result) {
  if (!result.has_value()) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace kindred::benchmarks
