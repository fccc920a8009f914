/// kindred index show: what an index file is.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "commands/index/parts.h"
#include "quantities.h"

namespace kindred::cli {
namespace {

struct ShowOptions {
  std::filesystem::path index;
  bool json = false;
};

Result<void> show(const ShowOptions& options) {
  const Index index = KINDRED_TRY(Index::open(options.index));
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(options.index, failed);
  if (failed)
    return fail(ErrorCode::io, fmt::format("{}: {}", options.index.string(), failed.message()));
  const double bytes_a_vector =
      index.size() == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(index.size());
  if (options.json) {
    const nlohmann::json output = {{"type", name_of(index.type())},
                                   {"metric", name_of(index.metric())},
                                   {"rows", name_of(index.row_type())},
                                   {"vectors", index.size()},
                                   {"dimensions", index.dimensions()},
                                   {"ef_search", index.ef_search()},
                                   {"bytes", bytes},
                                   {"bytes_per_vector", bytes_a_vector}};
    fmt::print("{}\n", output.dump());
    return {};
  }
  fmt::print("type        {}\nmetric      {}\nrows        {}\nvectors     {}\ndimensions  {}\n",
             name_of(index.type()), name_of(index.metric()), name_of(index.row_type()),
             with_thousands(index.size()), index.dimensions());
  if (index.ef_search() != 0) fmt::print("ef_search   {}\n", index.ef_search());
  fmt::print("bytes       {}, {:.0f} a vector\n", with_thousands(bytes), bytes_a_vector);
  return {};
}

}  // namespace

void add_index_show(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("show", "What an index file holds");
  auto options = std::make_shared<ShowOptions>();
  declare_index(*command, options->index);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Example:\n  kindred index show --index news.index");
  command->callback([options, &action] { action = [options] { return show(*options); }; });
}

}  // namespace kindred::cli
