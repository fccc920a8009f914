#include "base/system_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace kindred::base {

std::unexpected<Error> system_error(const std::filesystem::path& path, std::string_view action,
                                    int number) {
  const ErrorCode code = number == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  return fail(code, fmt::format("{}: {}: {}", path.string(), action,
                                std::generic_category().message(number)));
}

}  // namespace kindred::base
