/// What a type of index does. The door (index.cpp) checks arguments and prepares vectors
/// (prepare.h); an implementation stores them and finds them again.
///
/// Thread safety: as kindred/index.h promises it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "base/file_system.h"
#include "index/fair_shared_mutex.h"
#include "index/filter.h"
#include "kindred/index.h"
#include "kindred/matrix.h"
#include "simd/top_k.h"

namespace kindred::index {

/// A search of one or more queries.
struct Request {
  std::size_t k = 10;                            ///< at least 1; may be more than there are rows
  std::size_t ef_search = 0;                     ///< 0: the index's own
  const Filter* filter = nullptr;                ///< nullptr: all ids
  std::span<const std::uint64_t> left_out = {};  ///< an id that query i must not return, or empty
};

/// Keys (metrics.h) with ids, best first.
using Best = std::vector<simd::Scored>;

/// Rows as the metric wants them, and the lengths that they had where it brings them to length 1.
struct Prepared {
  MatrixView rows;
  std::span<const double> lengths;     ///< empty, or one a row
  std::span<const std::uint64_t> ids;  ///< distinct, one a row

  double length(std::size_t row) const { return lengths.empty() ? 1 : lengths[row]; }
};

/// Takes an id out of a query's best, and whatever is more than k.
inline void leave_out(Best& best, std::uint64_t id, std::size_t k) {
  std::erase_if(best, [id](const simd::Scored& hit) { return hit.id == id; });
  if (best.size() > k) best.resize(k);
}

/// For changes of an index whose rows are a map's.
inline std::unexpected<Error> read_only(const std::filesystem::path& path) {
  return fail(ErrorCode::unsupported,
              path.string() + ": a mapped index can't be changed; open it with OpenMode::load");
}

class Implementation {
 public:
  Implementation() = default;
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  virtual ~Implementation() = default;

  virtual IndexType type() const = 0;
  virtual Metric metric() const = 0;
  virtual RowType row_type() const = 0;
  virtual std::size_t size() const = 0;
  virtual std::size_t dimensions() const = 0;
  virtual std::size_t ef_search() const = 0;
  virtual std::size_t memory_bytes() const = 0;
  /// The number after the largest id, 0 where there is none (or no number after it).
  virtual std::uint64_t next_id() const = 0;

  /// The best of each query: k, or all that pass. queries: prepared, of the index's dimensions.
  virtual Result<std::vector<Best>> search(MatrixView queries, const Request& request) const = 0;
  /// The best of each query among all rows, by scoring every one of them.
  virtual Result<std::vector<Best>> search_exact(MatrixView queries,
                                                 const Request& request) const = 0;

  virtual Result<void> add(const Prepared& rows) = 0;
  virtual Result<std::size_t> remove(std::span<const std::uint64_t> ids) = 0;
  virtual bool contains(std::uint64_t id) const = 0;
  /// The stored row and the length that it had (1 where the metric leaves lengths alone); false
  /// where the id is not there.
  virtual Result<bool> row(std::uint64_t id, std::span<float> to, double& length) const = 0;
  /// Up to `count` ids, spread over the index, the same ones each time.
  virtual std::vector<std::uint64_t> sample_ids(std::size_t count) const = 0;
  virtual void set_ef_search(std::size_t ef_search) = 0;

  virtual Result<void> save(base::FileSystem& files, const std::filesystem::path& path) const = 0;

  /// Held by the door between next_id() and add().
  FairSharedMutex& numbering() { return numbering_; }

 private:
  FairSharedMutex numbering_;
};

}  // namespace kindred::index
