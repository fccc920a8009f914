/// The exact index: rows in no particular order, every one of them scored (exact_scan.h).
///
/// A removed row's place is taken by the last one, so that rows stand without gaps. A table says
/// where each id is (id_table.h). A filter becomes a list of rows before the scan: a list of ids
/// that is short beside the rows is looked up, otherwise all ids are asked.
///
/// Rows are its own (built, loaded) or a mapped file's, whose blocks are verified as the scan
/// reaches them; those can't be changed. Beside its own rows stands a screen of them
/// (row_screen.h), with which a scan reads a quarter of the memory.
///
/// Thread safety: a readers-writer lock, the right one here: a search reads all rows and no
/// structure, so that there is nothing finer to lock; changes are short beside it. A search waits
/// for a change that has begun, a change for the searches that have; save() counts as a search. So
/// a filter must not call the index. Cost: rows x dimensions a query; adding and removing a row
/// cost a copy of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "index/exact_scan.h"
#include "index/fair_shared_mutex.h"
#include "index/file.h"
#include "index/id_table.h"
#include "index/implementation.h"
#include "index/row_screen.h"
#include "index/typed_rows.h"
#include "kindred/index.h"

namespace kindred::index {

class Flat final : public Implementation {
 public:
  static constexpr std::string_view kType = "flat";

  /// An index of no rows; dimensions 0: those of the first row that comes.
  Flat(Metric metric, RowType row_type, std::size_t dimensions);
  static Result<std::unique_ptr<Flat>> build(const Prepared& rows, const IndexOptions& options);
  /// `mode` as Index::open has it.
  static Result<std::unique_ptr<Flat>> open(File file, OpenMode mode);

  IndexType type() const override { return IndexType::flat; }
  Metric metric() const override { return metric_; }
  RowType row_type() const override { return row_type_; }
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

  /// What is mapped is verified first: damage is not given new checksums.
  Result<void> save(base::FileSystem& files, const std::filesystem::path& path) const override;

 private:
  struct IdOf {
    const Flat* flat;
    std::uint64_t operator()(std::uint32_t row) const { return flat->ids()[row]; }
  };
  using RowNumbers = std::vector<std::uint32_t>;

  // All of these under mutex_.
  std::span<const std::uint64_t> ids() const { return file_ ? file_->ids() : ids_; }
  std::span<const double> lengths() const { return file_ ? file_->lengths() : lengths_; }
  /// That a row had, where the metric brings rows to length 1, else 1.
  double length(std::size_t row) const { return lengths().empty() ? 1 : lengths()[row]; }
  void start_rows(std::size_t dimensions);
  void reserve(std::size_t rows);
  Result<void> load(const File& file);
  void screen_row(std::size_t row);
  Result<std::uint32_t> find(std::uint64_t id) const;
  Result<void> index_mapped_ids() const;
  Result<std::optional<RowNumbers>> passing_rows(const Filter* filter) const;

  Metric metric_;
  RowType row_type_;
  std::size_t dimensions_;
  mutable FairSharedMutex mutex_;
  std::optional<File> file_;  ///< where the rows are a map's
  std::vector<std::uint64_t> ids_;
  std::vector<double> lengths_;
  std::optional<TypedRows> rows_;    ///< none where the dimensions are not known yet
  std::optional<RowScreen> screen_;  ///< of rows_, none where it would not help
  mutable std::mutex mapped_ids_;    ///< guards the making of row_of_ of a map's ids
  mutable bool indexed_ = false;     ///< whether row_of_ knows the ids: not at first, of a map's
  mutable IdTable<IdOf> row_of_{IdOf{this}};
};

}  // namespace kindred::index
