/// pull_model() on a disk of one's choice: for its tests.
#pragma once

#include <string_view>

#include "base/file_system.h"
#include "kindred/hub.h"
#include "kindred/result.h"

namespace kindred::net {

Result<PulledModel> pull(std::string_view name, const PullOptions& options, base::FileSystem& disk);

}  // namespace kindred::net
