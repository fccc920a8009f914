/// The operating system's refusals as Errors: `model.safetensors: cannot open: No such file or
/// directory`.
#pragma once

#include <filesystem>
#include <string_view>

#include "kindred/result.h"

namespace kindred::base {

/// `number` is an errno; ENOENT becomes ErrorCode::not_found, everything else ErrorCode::io.
std::unexpected<Error> system_error(const std::filesystem::path& path, std::string_view action,
                                    int number);

}  // namespace kindred::base
