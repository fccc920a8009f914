/// Files into a collection: read, embed what is new or changed, store.
///
/// Text files are one document each (id: the path), or one a line (id: path:line); folders are
/// walked in the order of their names; JSONL has one document a line, its text and id in named
/// fields, every other field kept as payload. Work is done in batches, each durable before the next
/// begins, so that a run that was killed goes on where it ended: what the collection has already is
/// not embedded again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "kindred/collection.h"
#include "kindred/embedder.h"
#include "kindred/progress.h"
#include "kindred/result.h"

namespace kindred {

struct IngestOptions {
  /// A document a line instead of a document a file, for text files.
  bool lines = false;
  std::string text_field = "text";  ///< JSONL: the field that is embedded
  std::string id_field;             ///< JSONL: the field that is the id; empty: path:line
  Progress progress;                ///< units are documents
};

struct IngestReport {
  std::size_t read = 0;       ///< documents in the files
  std::size_t added = 0;      ///< embedded and stored: new or changed
  std::size_t unchanged = 0;  ///< there already
  std::size_t empty = 0;      ///< skipped: no text
  std::size_t truncated = 0;  ///< of those added: longer than the model's window
};

/// Fails at the first line that is not what it should be, naming file and line; everything before
/// it is stored.
Result<IngestReport> ingest(Collection& collection, const Embedder& embedder,
                            std::span<const std::filesystem::path> files,
                            const IngestOptions& options = {});

}  // namespace kindred
