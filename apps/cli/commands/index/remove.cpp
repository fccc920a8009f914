/// kindred index remove: vectors out of an index file.
#include <fmt/format.h>

#include <memory>

#include "commands/index/parts.h"
#include "commands/index/update_lock.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "quantities.h"

namespace kindred::cli {
namespace {

struct RemoveOptions {
  std::filesystem::path index, ids;
  std::size_t threads = 0;
};

Result<void> remove(const RemoveOptions& options) {
  set_threads(options.threads);
  const auto ids = KINDRED_TRY(read_ids(options.ids));
  const auto lock = KINDRED_TRY(UpdateLock::take(options.index));
  Index index = KINDRED_TRY(Index::open(options.index, OpenMode::load));
  const std::size_t removed = KINDRED_TRY(at(options.ids, index.remove(ids)));
  KINDRED_TRY(index.save(options.index));
  fmt::print(stderr, "kindred: removed {} of {} ids: {}, in {}\n", with_thousands(removed),
             with_thousands(ids.size()), summary_of(index), options.index.string());
  return {};
}

}  // namespace

void add_index_remove(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("remove", "Take vectors out of an index file");
  auto options = std::make_shared<RemoveOptions>();
  declare_index(*command, options->index);
  command
      ->add_option("--ids", options->ids,
                   "The ids to remove (.npy); those that the index doesn't have do no harm")
      ->required()
      ->type_name("FILE");
  declare_threads(*command, options->threads);
  command->footer(
      "The file is replaced when all is done: who reads it meanwhile has the old one.\n"
      "Example:\n"
      "  kindred index remove --index news.index --ids withdrawn.npy");
  command->callback([options, &action] { action = [options] { return remove(*options); }; });
}

}  // namespace kindred::cli
