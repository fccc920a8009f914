/// Nearest vectors: the k rows that score best against a query.
///
/// This is the exact index ("flat"): every row is scored, so the answer is the truth that
/// approximate indexes are measured against. Scores are those of Qdrant: cosine and dot are
/// similarities, larger first; Euclidean (not squared) is a distance, smaller first. Equal scores
/// are ordered by id.
///
///     auto index = kindred::Index::build(vectors, {}, {.metric = kindred::Metric::cosine});
///     auto hits = index->search(queries, 10);
///     index->save("news.index");
///
/// Thread safety: an Index is immutable; search from any number of threads. Cost of a search: rows
/// x dimensions, bound by memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/matrix.h"
#include "kindred/result.h"

namespace kindred {

enum class Metric : std::uint8_t { cosine, dot, euclidean };

std::string_view name_of(Metric metric);
/// The names of all metrics: "cosine, dot, euclidean".
std::string metric_names();
/// An unknown name is an error that lists those we have.
Result<Metric> parse_metric(std::string_view name);

struct Hit {
  std::uint64_t id = 0;
  float score = 0;
  bool operator==(const Hit&) const = default;
};

/// The hits of several queries: query i has hits [i * k, (i + 1) * k), best first.
struct Hits {
  std::size_t k =
      0;  ///< hits a query: what was asked for, or the index's size where that is smaller
  std::vector<Hit> hits;
  std::size_t queries() const { return k == 0 ? 0 : hits.size() / k; }
  std::span<const Hit> of(std::size_t query) const { return {hits.data() + query * k, k}; }
};

struct IndexOptions {
  Metric metric = Metric::cosine;
};

/// How a file becomes an index. `map` opens in milliseconds, without a copy: header and sizes are
/// checked, blocks of rows on first touch. `load` copies everything into memory and checks all of
/// it first.
enum class OpenMode : std::uint8_t { map, load };

class Index {
 public:
  /// Copies the rows. `ids` are distinct, one a row; empty means 0, 1, 2, ... A value that is not
  /// finite is an error that names its row. A zero vector has cosine 0 with everything.
  static Result<Index> build(MatrixView vectors, std::span<const std::uint64_t> ids = {},
                             const IndexOptions& options = {});
  static Result<Index> open(const std::filesystem::path& path, OpenMode mode = OpenMode::map);

  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  /// Replaces `path` atomically.
  Result<void> save(const std::filesystem::path& path) const;

  /// queries x dimensions; k is at least 1. Queries are spread over the threads.
  Result<Hits> search(MatrixView queries, std::size_t k) const;

  std::size_t size() const;
  std::size_t dimensions() const;
  Metric metric() const;
  std::string_view type() const;  ///< "flat"

 private:
  struct Parts;
  explicit Index(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred
