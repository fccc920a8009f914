/// The graph index: finds nearly all of the nearest vectors by looking at a few of them.
///
/// HNSW (Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
/// hierarchical navigable small world graphs", 2018) with these turns of its own:
///
/// - walks compare codes of 4 (or 8) bits a coordinate, an eighth of the memory traffic (codes:
///   quantize/rotated.h; the space they stand for: walk_space.h; walks: walk.h). The best 2k are
///   then scored on the rows, so that scores are exact, and what the codes mixed up is put right;
/// - rows, codes and links stand apart, in memory that grows without moving (chunked_rows.h);
/// - a build goes by batches, in parallel, with one result at any number of threads;
/// - removed vectors leave the graph at once and their memory is used again (graph_update.h).
///
/// A search behind a filter counts who passes. Few are scored on their rows, some thousand measured
/// by their codes (code_scan.h); a share is looked for by a walk over those that pass (walk.h),
/// most of all by an ordinary walk that looks at its end. A search that came back with fewer hits
/// than there must be is done again by scoring every row: k hits are k hits.
///
/// Thread safety: as kindred/index.h promises. Searches wait for no change: they hold
/// a lock only while they look up the ids of a list or take their memory. Each vector is changed
/// under the lock of its id; the links of a node under its own. An add() that runs alone gives the
/// same graph each time; adds at the same time give one that depends on their order. Cost: a search
/// reads about 20 codes for each of ef_search, 2k rows, and allocates its hits alone.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "base/epochs.h"
#include "index/chunked_rows.h"
#include "index/fair_shared_mutex.h"
#include "index/file.h"
#include "index/id_table.h"
#include "index/implementation.h"
#include "index/layers.h"
#include "index/passing_cache.h"
#include "index/typed_rows.h"
#include "index/walk.h"
#include "index/walk_space.h"

namespace kindred::index {

class Hnsw final : public Implementation {
 public:
  static constexpr std::string_view kType = "hnsw";
  static constexpr std::size_t kEfSearch = 64;  ///< until tune() finds a better one

  static Result<std::unique_ptr<Hnsw>> build(const Prepared& rows, const IndexOptions& options);
  static Result<std::unique_ptr<Hnsw>> open(File file, OpenMode mode);

  explicit Hnsw(const IndexOptions& options);
  ~Hnsw() override;

  IndexType type() const override { return IndexType::hnsw; }
  Metric metric() const override { return options_.metric; }
  RowType row_type() const override { return options_.rows; }
  std::size_t size() const override { return alive_.load(); }
  std::size_t dimensions() const override;
  std::size_t ef_search() const override { return ef_search_.load(); }
  std::size_t memory_bytes() const override;
  std::uint64_t next_id() const override;

  Result<std::vector<Best>> search(MatrixView queries, const Request& request) const override;
  Result<std::vector<Best>> search_exact(MatrixView queries, const Request& request) const override;
  Result<void> add(const Prepared& rows) override;
  Result<std::size_t> remove(std::span<const std::uint64_t> ids) override;
  bool contains(std::uint64_t id) const override;
  Result<bool> row(std::uint64_t id, std::span<float> to, double& length) const override;
  std::vector<std::uint64_t> sample_ids(std::size_t count) const override;
  void set_ef_search(std::size_t ef_search) override { ef_search_ = ef_search; }

  Result<void> save(base::FileSystem& files, const std::filesystem::path& path) const override;

 private:
  struct Core;
  struct Scratch;
  /// A node that is dead, or swept, and since when.
  struct Leaving {
    Node node;
    std::uint64_t stamp;
  };
  /// How one search goes about it.
  struct Plan {
    enum class Way : std::uint8_t {
      exact,         ///< scores the rows of all that may be returned
      scan,          ///< measures the codes of `passing`, scores the rows of the best
      walk,          ///< walks over all nodes, looks at the end who passes
      walk_passing,  ///< walks over those that pass
    };
    Way way = Way::walk;
    std::size_t ef = 0;
    double enough = 1;                       ///< of walk_passing: Walk::Filter's
    std::shared_ptr<const Passing> passing;  ///< where it was worth making
    std::vector<Node> starts;                ///< for a walk, beside where the layers lead to
  };
  struct IdOf {
    const Hnsw* hnsw;
    std::uint64_t operator()(Node node) const;
  };

  const Core* core() const { return core_.load(std::memory_order_acquire); }
  LinkingRule rule() const;
  void note_ids(std::span<const std::uint64_t> ids);
  void build_core(const Prepared& rows);
  Result<void> insert_batch(Core& core, const Prepared& rows, std::size_t begin, std::size_t count);
  std::vector<std::unique_lock<std::mutex>> lock_ids(std::span<const std::uint64_t> ids);
  void kill(Core& core, Node node);
  void reclaim(Core& core, bool all = false) const;
  bool walk_group(const Core& core, const Request& request, const Plan& plan, Scratch& scratch,
                  std::size_t count) const;
  void search_group(const Core& core, MatrixView queries, std::size_t first, const Request& request,
                    const Plan& plan, std::span<Best> best, std::span<Result<void>> outcomes) const;
  Plan plan_for(const Core& core, const Request& request, std::size_t queries,
                std::size_t ef) const;
  std::shared_ptr<const Passing> passing_of(const Core& core, const Filter& filter,
                                            std::size_t queries) const;
  Result<void> finish(const Core& core, std::span<const float> query, std::size_t number,
                      const Candidates& found, const Request& request, std::uint64_t done_before,
                      Scratch& scratch, Best& best) const;
  Result<void> make_table(const Core& core) const;
  std::vector<Node> nodes_of(const Core& core, const Filter* filter) const;
  std::unique_ptr<Scratch> take_scratch() const;
  void give_back(std::unique_ptr<Scratch> scratch) const;

  IndexOptions options_;
  std::atomic<std::size_t> ef_search_{kEfSearch};
  std::atomic<std::size_t> alive_{0};
  /// Replacements that were begun, and that are done: in between both vectors are alive.
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> done_{0};
  /// The largest id, or larger: removing it makes next_id() look for the one before.
  mutable std::atomic<std::uint64_t> largest_id_{0};
  mutable std::atomic<bool> largest_removed_{false};

  /// Made with the first vectors, then there for good.
  std::atomic<Core*> core_{nullptr};
  std::unique_ptr<Core> owned_core_;
  std::mutex core_mutex_;

  mutable base::Epochs epochs_;
  mutable std::shared_mutex table_mutex_;
  mutable IdTable<IdOf> node_of_{IdOf{this}};  ///< under table_mutex_
  mutable std::once_flag table_made_;          ///< of a mapped index
  mutable FairSharedMutex changes_mutex_;      ///< changes share it, save() has it alone
  /// A batch may hold all of them: fewer than the 64 locks that ThreadSanitizer can follow.
  static constexpr std::size_t kIdLocks = 48;
  std::array<std::mutex, kIdLocks> id_locks_;

  mutable std::mutex reclaim_mutex_;
  mutable std::mutex leaving_mutex_;
  mutable std::array<std::vector<Leaving>, Layers::kMost> dead_;   ///< under leaving_mutex_
  mutable std::array<std::vector<Leaving>, Layers::kMost> swept_;  ///< under reclaim_mutex_

  /// Counts what makes a kept set of passing nodes untrue.
  std::atomic<std::uint64_t> state_{0};
  mutable PassingCache passing_;

  mutable std::mutex scratch_mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> scratch_;  ///< under scratch_mutex_
};

}  // namespace kindred::index
