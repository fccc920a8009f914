/// kindred index add: more vectors in an index file.
#include <fmt/format.h>

#include <memory>

#include "commands/index/parts.h"
#include "commands/index/update_lock.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "quantities.h"

namespace kindred::cli {
namespace {

struct AddOptions {
  std::filesystem::path index, vectors, ids;
  std::size_t threads = 0;
};

Result<void> add(const AddOptions& options) {
  set_threads(options.threads);
  const Matrix vectors = KINDRED_TRY(read_vectors(options.vectors));
  const auto ids = KINDRED_TRY(read_ids_of(options.ids, options.vectors, vectors.rows()));
  const auto lock = KINDRED_TRY(UpdateLock::take(options.index));
  Index index = KINDRED_TRY(Index::open(options.index, OpenMode::load));
  const std::size_t before = index.size();
  KINDRED_TRY(at(options.vectors, index.add(vectors, ids)));
  KINDRED_TRY(index.save(options.index));
  const std::size_t added = index.size() - before;
  fmt::print(stderr, "kindred: added {}, replaced {}: {}, in {}\n", with_thousands(added),
             with_thousands(vectors.rows() - added), summary_of(index), options.index.string());
  return {};
}

}  // namespace

void add_index_add(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("add", "Add vectors to an index file, or replace them");
  auto options = std::make_shared<AddOptions>();
  declare_index(*command, options->index);
  command->add_option("--vectors", options->vectors, "float32 vectors, one a row (.npy)")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--ids", options->ids,
                   "An id for each vector (.npy), which replaces the one that the index has under "
                   "it; else the numbers after the largest")
      ->type_name("FILE");
  declare_threads(*command, options->threads);
  command->footer(
      "The file is replaced when all is done: who reads it meanwhile has the old one.\n"
      "Examples:\n"
      "  kindred index add --index news.index --vectors today.npy\n"
      "  kindred index add --index news.index --vectors corrected.npy --ids corrected_ids.npy");
  command->callback([options, &action] { action = [options] { return add(*options); }; });
}

}  // namespace kindred::cli
