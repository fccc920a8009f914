#include "kindred/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "index/flat.h"
#include "index/metrics.h"
#include "index/prepare.h"

namespace kindred {

struct Index::Parts {
  index::Flat flat;
};

Index::Index(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Result<Index> Index::build(MatrixView vectors, std::span<const std::uint64_t> ids,
                           const IndexOptions& options) {
  auto flat = KINDRED_TRY(index::Flat::build(vectors, ids, options.metric));
  return Index(std::make_unique<Parts>(Parts{std::move(flat)}));
}

Result<Index> Index::open(const std::filesystem::path& path, OpenMode mode) {
  auto file = KINDRED_TRY(index::File::open(base::real_file_system(), path));
  if (file.contents().type != index::Flat::kType)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: an index of type \"{}\", this program has \"{}\"", path.string(),
                            file.contents().type, index::Flat::kType));
  auto flat = KINDRED_TRY(index::Flat::open(std::move(file), mode));
  return Index(std::make_unique<Parts>(Parts{std::move(flat)}));
}

Result<void> Index::save(const std::filesystem::path& path) const {
  return parts_->flat.save(base::real_file_system(), path);
}

Result<Hits> Index::search(MatrixView queries, std::size_t k) const {
  if (k == 0) return fail(ErrorCode::invalid_argument, "k is 0, it must be at least 1");
  // An index of nothing at all never learnt how many dimensions its vectors would have had.
  const bool any_dimensions = size() == 0 && dimensions() == 0;
  if (!queries.empty() && queries.dimensions() != dimensions() && !any_dimensions)
    return fail(ErrorCode::invalid_argument,
                fmt::format("the queries have {} dimensions, the index has {}",
                            queries.dimensions(), dimensions()));
  const index::MetricTraits& traits = index::traits_of(metric());
  Matrix prepared(queries.rows(), queries.dimensions());
  for (std::size_t query = 0; query < queries.rows(); ++query)
    KINDRED_TRY(
        index::prepare(queries.row(query), traits, "query", query, prepared.row(query).data()));

  Hits result{.k = std::min(k, size()), .hits = {}};
  if (result.k == 0) return result;
  const auto best = KINDRED_TRY(parts_->flat.search(prepared, result.k));
  result.hits.reserve(result.k * best.size());
  for (const auto& hits : best)
    for (const auto& [key, id] : hits)
      result.hits.push_back({.id = id, .score = traits.smaller_first ? -key : key});
  return result;
}

std::size_t Index::size() const { return parts_->flat.contents().rows.rows(); }
std::size_t Index::dimensions() const { return parts_->flat.contents().rows.dimensions(); }
Metric Index::metric() const { return parts_->flat.contents().metric; }
std::string_view Index::type() const { return parts_->flat.contents().type; }

}  // namespace kindred
