#include "commands/index/parts.h"

#include <fmt/format.h>

#include "kindred/vectors.h"
#include "quantities.h"

namespace kindred::cli {

void declare_index(CLI::App& command, std::filesystem::path& index) {
  command.add_option("--index", index, "An index file")->required()->type_name("FILE");
}

void declare_threads(CLI::App& command, std::size_t& threads) {
  command.add_option("--threads", threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
}

Result<std::vector<std::uint64_t>> read_ids_of(const std::filesystem::path& ids,
                                               const std::filesystem::path& vectors,
                                               std::size_t count) {
  if (ids.empty()) return {};
  auto read = KINDRED_TRY(read_ids(ids));
  if (read.size() != count)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: {} ids for the {} vectors of {}", ids.string(), read.size(), count,
                            vectors.string()));
  return read;
}

std::string summary_of(const Index& index) {
  return fmt::format("{} vectors of {} dimensions, {}, {}", with_thousands(index.size()),
                     index.dimensions(), name_of(index.metric()), name_of(index.type()));
}

}  // namespace kindred::cli
