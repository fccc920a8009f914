/// A durable collection: documents with their text, fields and vectors, found again by meaning.
///
/// A collection lives in a folder of its own on RocksDB. Whatever an add() acknowledged is on the
/// disk (synced), whatever happens next; everything else in the folder is a cache that is rebuilt
/// from it. It records which model made its vectors and refuses another by name.
///
/// Limits: an id is 1 to 4,096 bytes of UTF-8; texts are any bytes; one add() takes 1 GiB at most.
/// A reader sees what had been acknowledged when it opened.
///
/// Thread safety: one writer; a second process (or a second Collection) that opens it to write is
/// refused with ErrorCode::conflict, one that opens it to read is not. search() may run from any
/// number of threads, beside add() too.
///
/// Cost: add() waits for one sync of the disk, so give it many documents at once. search() is one
/// pass over the rows (1.5 KB a document at 384 dimensions), which are mapped from a cache file.
/// The first search after additions also reads those from the store; once they are more than 1,024
/// and a sixteenth of the collection it makes a new cache file, with all rows in memory twice while
/// it does. After a failed write the next add() tries again (a full disk may have space by then);
/// where the disk itself failed, open the collection again. docs/formats/collection.md describes
/// the files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/index.h"
#include "kindred/matrix.h"
#include "kindred/result.h"

namespace kindred {

/// One document. `fields` is a JSON object as text, "{}" where there are none. The same id
/// replaces.
struct Document {
  std::string id;
  std::string text;
  std::string fields = "{}";
};

struct FoundDocument {
  Document document;
  float score = 0;  ///< cosine similarity
};

/// A text and the vector that the model gave it when the collection was made. A model that is
/// opened later embeds the text again (check_model() in ingest.h): another answer names a wrong
/// model or a broken kernel before it spoils a search.
struct Sentinel {
  std::string text;
  std::vector<float> vector;  ///< CollectionModel::dimensions values
};

/// What a collection's vectors were made with.
struct CollectionModel {
  std::string name;  ///< as it was given: a folder or a name
  std::string hash;  ///< ModelDescription::hash
  std::size_t dimensions = 0;
  std::vector<Sentinel> sentinels;  ///< none where the collection's maker gave none
};

enum class CollectionMode : std::uint8_t { read, write };

class Collection {
 public:
  /// `folder` is the collection's own. Opening to write creates it where it is not there; then
  /// `model` is recorded, and must be given. A collection made with another model (another hash or
  /// dimension) is refused with ErrorCode::conflict. Opening to read needs it there; `model` is
  /// checked where given.
  static Result<Collection> open(const std::filesystem::path& folder, CollectionMode mode,
                                 const std::optional<CollectionModel>& model = {});

  Collection(Collection&&) noexcept;
  Collection& operator=(Collection&&) noexcept;
  ~Collection();

  /// Adds or replaces, all or none, and syncs before it returns. `vectors` has one row a document.
  /// Of two documents with the same id the later one stays.
  Result<void> add(std::span<const Document> documents, MatrixView vectors);
  /// Which of these documents the collection has exactly as they are (same text, same fields): one
  /// a document, 1 where it does. They need no embedding again.
  Result<std::vector<std::uint8_t>> has(std::span<const Document> documents) const;
  Result<std::optional<Document>> get(std::string_view id) const;
  /// The k documents closest to a vector by cosine, best first; ties by the order of first
  /// addition.
  Result<std::vector<FoundDocument>> search(std::span<const float> query, std::size_t k) const;

  std::size_t size() const;
  const CollectionModel& model() const;
  const std::string& name() const;  ///< the name of its folder

 private:
  struct Parts;
  explicit Collection(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred
