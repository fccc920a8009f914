/// Files into a collection: read, embed what is new or changed, store.
///
/// What is read:
/// - A text file is one document (id: its path), or with `lines` a document a line (id: path:line).
///   Bytes that are not UTF-8 become U+FFFD, a byte order mark is dropped.
/// - A file that ends in .jsonl or .ndjson has one document a line: a JSON object with its text and
///   id in named fields; every other field is kept as payload. Blank lines are skipped.
/// - A folder is walked in the order of its names, folders within it too; hidden files, links to
///   folders and what is not text (a NUL byte in the first 8 KiB) are left out. A file that is
///   named itself and is not text is an error.
/// A document without text (nothing but blanks) is counted and left out.
///
/// Work is done in batches, each durable before the next begins. What the collection has already,
/// text and fields the same, is not embedded again: a run that was killed, and is started again,
/// goes on where it ended, and a run over the same files a second time changes nothing. Where two
/// documents have the same id the later one stays.
///
/// Thread safety: one ingest() on a collection at a time; searches may run beside it. Memory: a
/// batch (512 documents or 4 MiB of text, or one larger document of at most 256 MiB), whatever the
/// files.
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
  std::size_t read = 0;           ///< documents in the files
  std::size_t added = 0;          ///< embedded and stored: new or changed
  std::size_t unchanged = 0;      ///< there already
  std::size_t empty = 0;          ///< left out: no text
  std::size_t superseded = 0;     ///< left out: the same batch had its id again, later
  std::size_t truncated = 0;      ///< of those added: longer than the model's window
  std::size_t skipped_files = 0;  ///< of folders: not text
};

/// What a new collection should record of a model: its description, and the vectors that it gives
/// three sentinel texts. `name` is how to find it again.
Result<CollectionModel> describe_for_collection(const Embedder& embedder, std::string name);

/// Whether an embedder is what the collection was made with: the same hash and dimension, and its
/// sentinels come out again with a cosine of 0.999 at least. If not, ErrorCode::conflict names
/// both. Cost: three short texts.
Result<void> check_model(const Collection& collection, const Embedder& embedder);

/// Checks the model, then reads the files in order. Fails at the first line that is not what it
/// should be, naming file and line; everything before it is stored. Where `progress` asks to stop,
/// batches that are done stay.
Result<IngestReport> ingest(Collection& collection, const Embedder& embedder,
                            std::span<const std::filesystem::path> files,
                            const IngestOptions& options = {});

}  // namespace kindred
