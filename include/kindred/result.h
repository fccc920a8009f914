/// Failure as a value: what every function of Kindred that can fail returns.
///
/// Two kinds of failure exist. What comes from outside (a file, the disk, an argument of a public
/// function) is an Error in a Result. What would be a mistake inside the library is an assert. No
/// exception crosses the public door but std::bad_alloc, and the library never prints, aborts or
/// exits.
///
/// A message names the place and the values, so that it can be shown to a person as it is:
/// `vectors.npy: row 17 has 383 values, the collection "news" has 384 dimensions`. It is one line
/// and has no full stop.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace kindred {

/// What a caller can do about a failure; the message says the rest.
enum class ErrorCode : std::uint8_t {
  invalid_argument,  ///< the caller passed something that can't work
  not_found,         ///< a file, a collection or a name is not there
  corrupt,           ///< the bytes of a file contradict its format
  unsupported,       ///< well-formed, but not something that Kindred does
  io,                ///< the disk or the operating system refused
  conflict,          ///< another writer, another model, another dimension
  cancelled,         ///< a progress callback asked to stop
};

struct Error {
  ErrorCode code;
  std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::corrupt, "...")` from a function that returns any Result.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

namespace detail {
template <typename T>
T take(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
}  // namespace detail

}  // namespace kindred

/// The value of a Result, or an early return of its error from the enclosing function:
/// `auto bytes = KINDRED_TRY(read_file(path));`. Works for Result<void> as a statement.
/// (std::expected of GCC 12 has no and_then.)
///
/// Not among the members of a braced initialiser that own something: GCC does not destroy those
/// that were made before the early return.
#define KINDRED_TRY(...)                                                               \
  __extension__({                                                                      \
    auto kindred_try_result = (__VA_ARGS__);                                           \
    if (!kindred_try_result.has_value())                                               \
      return std::unexpected<::kindred::Error>(std::move(kindred_try_result).error()); \
    ::kindred::detail::take(std::move(kindred_try_result));                            \
  })
