/// The exact index: scores every row.
///
/// Rows go past in blocks that fit into the second-level cache, and a few queries share each block,
/// so that a batch reads the memory once for all of them. A single query is bound by memory. Where
/// there are fewer groups of queries than threads, the rows are divided too; TopK's total order
/// makes the merged result the same as the undivided one. Behind a list of ids that is short
/// beside the rows, only those are scored.
///
/// Rows are its own (built, loaded) or a mapped file's, whose blocks are verified as the scan
/// reaches them; those can't be changed. Thread safety: a readers-writer lock. A search reads all
/// rows in milliseconds, a change writes one: readers hardly ever wait, and never see half a
/// change. Cost: rows x dimensions a query; adding and removing a row cost a copy of it.
#pragma once

#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "index/file.h"
#include "index/huge_array.h"
#include "index/id_table.h"
#include "index/implementation.h"
#include "kindred/index.h"
#include "simd/top_k.h"

namespace kindred::index {

class Flat final : public Implementation {
 public:
  static constexpr std::string_view kType = "flat";

  /// An index of no rows; dimensions 0: those of the first row that comes.
  Flat(Metric metric, std::size_t dimensions);
  static Result<std::unique_ptr<Flat>> build(const Prepared& rows, const IndexOptions& options);
  /// `mode` as Index::open has it.
  static Result<std::unique_ptr<Flat>> open(File file, OpenMode mode);

  IndexType type() const override { return IndexType::flat; }
  Metric metric() const override { return metric_; }
  RowType row_type() const override { return RowType::f32; }
  std::size_t size() const override;
  std::size_t dimensions() const override;
  std::size_t ef_search() const override { return 0; }
  std::size_t memory_bytes() const override;
  std::uint64_t next_id() const override;

  Result<std::vector<Best>> search(MatrixView queries, const Request& request) const override;
  Result<std::vector<Best>> search_exact(MatrixView queries,
                                         const Request& request) const override {
    return search(queries, request);
  }
  Result<void> add(const Prepared& rows) override;
  Result<std::size_t> remove(std::span<const std::uint64_t> ids) override;
  bool contains(std::uint64_t id) const override;
  Result<bool> row(std::uint64_t id, std::span<float> to, double& length) const override;
  std::vector<std::uint64_t> sample_ids(std::size_t count) const override;
  void set_ef_search(std::size_t) override {}

  /// Replaces `path` atomically. What is mapped is verified first: damage is not given new
  /// checksums.
  Result<void> save(base::FileSystem& files, const std::filesystem::path& path) const override;

 private:
  struct IdOf {
    const Flat* flat;
    std::uint64_t operator()(std::uint32_t row) const { return flat->ids_[row]; }
  };

  // All of these under mutex_.
  MatrixView rows() const;
  std::span<const std::uint64_t> ids() const;
  Result<void> scan(MatrixView queries, std::size_t begin, std::size_t end, const Filter* filter,
                    std::span<simd::TopK> best) const;
  Result<void> score_list(MatrixView queries, std::span<const std::uint64_t> allowed,
                          std::span<simd::TopK> best) const;
  std::optional<std::size_t> find(std::uint64_t id) const;
  void reserve(std::size_t rows);

  Metric metric_;
  std::size_t dimensions_ = 0;
  mutable std::shared_mutex mutex_;
  std::optional<File> file_;  ///< where the rows are a map's
  HugeArray<float> rows_;  ///< else these, with room for more, and the ids and lengths beside them
  std::vector<std::uint64_t> ids_;
  std::vector<double> lengths_;
  IdTable<IdOf> row_of_{IdOf{this}};
};

}  // namespace kindred::index
