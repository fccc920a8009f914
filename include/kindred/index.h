/// Nearest vectors: the k rows that score best against a query.
///
/// Two types of index. `flat` scores every row: its answer is the truth. `hnsw` walks through a
/// graph of neighbours and finds nearly all of the same in a fraction of the time; `ef_search` says
/// how hard it looks, and tune() finds the smallest one for the recall that you want. Scores are
/// exact for the rows that are stored, and those of Qdrant: cosine and dot are similarities, larger
/// first; Euclidean (not squared) and Manhattan are distances, smaller first. Equal scores are
/// ordered by id.
///
///     auto index = kindred::Index::build(vectors, {}, {.type = kindred::IndexType::hnsw});
///     index->tune(0.95);
///     auto hits = index->search(queries, {.k = 10});
///     index->add(more_vectors, more_ids);
///     index->remove(old_ids);
///     index->save("news.index");
///
/// Thread safety: search(), add(), remove() and all const functions may run at the same time, on
/// any number of threads. A search sees each vector as it was before a change or after it, never
/// both, never between. tune(), moving and destroying need the index for themselves. Cost of a
/// search: flat, rows x dimensions; hnsw, about the logarithm of the rows times ef_search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/matrix.h"
#include "kindred/result.h"

namespace kindred {

namespace index {
class Filter;
class Implementation;
}  // namespace index

enum class Metric : std::uint8_t { cosine, dot, euclidean, manhattan };
enum class IndexType : std::uint8_t { flat, hnsw };
/// How rows are stored. f16 halves the memory and rounds values to 11 bits; a value beyond 65,504
/// is an error. u8 takes a quarter, for vectors of whole numbers from 0 to 255, as they are;
/// another value is an error.
enum class RowType : std::uint8_t { f32, f16, u8 };

std::string_view name_of(Metric metric);
std::string_view name_of(IndexType type);
std::string_view name_of(RowType type);
/// The names of all metrics: "cosine, dot, euclidean, manhattan".
std::string metric_names();
/// An unknown name is an error that lists those we have.
Result<Metric> parse_metric(std::string_view name);

struct IndexOptions {
  Metric metric = Metric::cosine;
  IndexType type = IndexType::flat;
  RowType rows = RowType::f32;
  // What follows is hnsw's.
  std::size_t m = 16;                 ///< half of the links that a vector may have, 2 to 256
  std::size_t ef_construction = 200;  ///< as ef_search, when links are chosen
  unsigned code_bits = 4;             ///< a coordinate, of the codes that a walk compares: 4 or 8
  std::uint64_t seed = 1;
};

/// "flat", "hnsw" or "hnsw,m=16,ef_construction=200,rows=f16,codes=4,seed=1"; what is not said is
/// as in IndexOptions. An error names the part that it doesn't understand.
Result<IndexOptions> parse_index_type(std::string_view text, Metric metric = Metric::cosine);

struct Hit {
  std::uint64_t id = 0;
  float score = 0;
  bool operator==(const Hit&) const = default;
};

/// The hits of several queries, best first. A query has k of them, or fewer: all that there are in
/// a small index, behind a filter, within a radius.
struct Hits {
  std::vector<Hit> hits;          ///< one query after the other
  std::vector<std::size_t> ends;  ///< where those of query i end
  std::size_t queries() const { return ends.size(); }
  std::span<const Hit> of(std::size_t query) const {
    const std::size_t begin = query == 0 ? 0 : ends[query - 1];
    return std::span(hits).subspan(begin, ends[query] - begin);
  }
};

/// Which ids a search may return. Making one is the expensive part (a sort of the ids), asking it
/// is not: make it once for many searches. Immutable; copies share what they hold.
class IdFilter {
 public:
  /// Only these. Ids that the index doesn't have do no harm.
  static IdFilter allow(std::span<const std::uint64_t> ids);
  /// All but these.
  static IdFilter exclude(std::span<const std::uint64_t> ids);
  /// Those for which `passes` is true. It is called from any thread, often; it must not throw, nor
  /// call the index.
  static IdFilter where(std::function<bool(std::uint64_t id)> passes);

  bool passes(std::uint64_t id) const;

 private:
  friend class Index;
  explicit IdFilter(std::shared_ptr<const index::Filter> filter) : filter_(std::move(filter)) {}
  std::shared_ptr<const index::Filter> filter_;
};

struct SearchOptions {
  std::size_t k = 10;
  std::size_t ef_search = 0;         ///< hnsw: 0 is the index's own; below k it counts as k
  const IdFilter* filter = nullptr;  ///< nullptr: all ids. If k or more pass, there are k hits
  std::optional<float> radius = {};  ///< only hits whose score is this good or better
};

/// What tune() found.
struct Tuning {
  std::size_t ef_search = 0;
  double recall = 0;  ///< share of the k nearest that searches with it returned, of the sample
};

/// How a file becomes an index. `map` opens in milliseconds, without a copy: header and sizes are
/// checked, blocks on first touch; it can't be changed. `load` copies everything into memory and
/// checks all of it first.
enum class OpenMode : std::uint8_t { map, load };

class Index {
 public:
  /// Copies the rows. `ids` are distinct, one a row; empty means 0, 1, 2, ... A value that is not
  /// finite is an error that names its row. A zero vector has cosine 0 with everything. The same
  /// input gives the same index at any number of threads.
  static Result<Index> build(MatrixView vectors, std::span<const std::uint64_t> ids = {},
                             const IndexOptions& options = {});
  static Result<Index> open(const std::filesystem::path& path, OpenMode mode = OpenMode::map);

  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  /// Replaces `path` atomically. What is changed meanwhile is in the file or is not.
  Result<void> save(const std::filesystem::path& path) const;

  /// queries x dimensions. Queries are spread over the threads.
  Result<Hits> search(MatrixView queries, const SearchOptions& options = {}) const;
  Result<Hits> search(MatrixView queries, std::size_t k) const;
  /// The nearest of vectors that the index holds, each without itself. An unknown id is an error.
  Result<Hits> search_by_id(std::span<const std::uint64_t> ids,
                            const SearchOptions& options = {}) const;

  /// Adds rows; one whose id is there replaces it. `ids` are distinct; empty means the numbers
  /// after the largest. Bad input is an error, and nothing is added. An index of no rows takes its
  /// dimensions from the first.
  Result<void> add(MatrixView vectors, std::span<const std::uint64_t> ids = {});
  /// How many of the ids were there.
  Result<std::size_t> remove(std::span<const std::uint64_t> ids);

  /// Finds the smallest ef_search at which searches return `recall` (above 0, at most 1) of the k
  /// nearest, on a sample of queries compared with exact search; without `queries`, on a sample of
  /// the index's own vectors, each without itself. It becomes the index's own and is saved with it.
  Result<Tuning> tune(double recall, std::size_t k = 10, MatrixView queries = {});

  bool contains(std::uint64_t id) const;
  /// The vectors as they are stored, ids x dimensions: for cosine times the length they had. An
  /// unknown id is an error.
  Result<Matrix> vectors(std::span<const std::uint64_t> ids) const;

  std::size_t size() const;
  std::size_t dimensions() const;
  Metric metric() const;
  IndexType type() const;
  RowType row_type() const;
  std::size_t ef_search() const;     ///< 0: flat has none
  std::size_t memory_bytes() const;  ///< of rows, ids, codes, links; mapped ones do not count

 private:
  explicit Index(std::unique_ptr<index::Implementation> implementation);
  std::unique_ptr<index::Implementation> implementation_;
};

}  // namespace kindred
