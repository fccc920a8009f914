#include "embed/pooling.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

#include "tensor/pool.h"

namespace kindred::embed {
namespace {

struct Mode {
  std::string_view name;
  Pooling pool;
};

constexpr std::array kModes = {
    Mode{"mean", tensor::mean_pool},
    Mode{"cls", tensor::first_pool},
};

}  // namespace

Result<Pooling> find_pooling(std::string_view mode, const std::filesystem::path& folder) {
  std::vector<std::string_view> known;
  for (const Mode& candidate : kModes) {
    if (candidate.name == mode) return candidate.pool;
    known.push_back(candidate.name);
  }
  return fail(ErrorCode::unsupported,
              fmt::format("{}: asks for pooling mode \"{}\", Kindred has: {}", folder.string(),
                          mode, fmt::join(known, ", ")));
}

}  // namespace kindred::embed
