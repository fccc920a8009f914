/// The exact index: scores every row.
///
/// Rows go past in blocks that fit into the second-level cache, and a few queries share each block,
/// so that a batch reads the memory once for all of them. A single query is bound by memory. Where
/// there are fewer groups of queries than threads, the rows are divided too; TopK's total order
/// makes the merged result the same as the undivided one.
///
/// Rows are its own (built, loaded) or a mapped file's, whose blocks are verified as the scan
/// reaches them. Thread safety: immutable. Cost: rows x dimensions a query.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "index/file.h"
#include "index/huge_array.h"
#include "kindred/index.h"
#include "simd/top_k.h"

namespace kindred::index {

class Flat {
 public:
  static constexpr std::string_view kType = "flat";

  /// `ids` as Index::build takes them: checked here.
  static Result<Flat> build(MatrixView vectors, std::span<const std::uint64_t> ids, Metric metric);
  /// `mode` as Index::open has it.
  static Result<Flat> open(File file, OpenMode mode);

  /// Replaces `path` atomically. What is mapped is verified first: damage is not given new
  /// checksums.
  Result<void> save(base::FileSystem& files, const std::filesystem::path& path) const;

  const Contents& contents() const { return contents_; }

  /// The k best keys (metrics.h) of each query, best first. queries: prepared, of the rows'
  /// dimensions; 1 <= k <= rows.
  Result<std::vector<std::vector<simd::Scored>>> search(MatrixView queries, std::size_t k) const;

 private:
  Flat() = default;
  Result<void> scan(MatrixView queries, std::size_t begin, std::size_t end,
                    std::span<simd::TopK> best) const;

  std::optional<File> file_;  ///< where the rows are a map's
  HugeArray<float> rows_;     ///< else these, and the ids and lengths beside them
  std::vector<std::uint64_t> ids_;
  std::vector<double> lengths_;
  Contents contents_;
};

}  // namespace kindred::index
