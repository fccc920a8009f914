#include "index/hnsw.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "base/thread_pool.h"
#include "index/code_scan.h"
#include "index/hnsw_core.h"
#include "index/metrics.h"

namespace kindred::index {
namespace {

/// What 4 bits mix up lies within twice the hits that are wanted, and a few more.
std::size_t rows_to_score(std::size_t k) { return std::max(2 * k, k + 10); }

/// So few rows, for each of ef_search, are all scored: cheaper than a walk, and exact.
constexpr std::size_t kRowsForEf = 16;
/// So many codes, for each of ef_search, are read as fast as a walk over passing nodes is done; one
/// with less than kLeastEf finds too little to be a choice.
constexpr std::size_t kCodesForEf = 512;
constexpr std::size_t kLeastEf = 32;
/// Asking so many nodes or ids whether they pass costs less than a search.
constexpr std::size_t kAskFreely = 4096;
/// And so many more for each query that the answer serves.
constexpr std::size_t kAskForQuery = 256;
/// What died since its code was measured is made up for by this many more.
constexpr std::size_t kSpare = 8;
/// Passing nodes that a walk starts from as well: they may lie far from where the query leads.
constexpr std::size_t kStarts = 16;
/// Nodes that are asked whether they pass, to know how many do.
constexpr std::size_t kAsked = 256;
/// Where more pass than this share, a walk over all nodes and a look at its end are cheaper.
constexpr double kNearlyAll = 0.75;
/// Where more pass than this share, half of a node's links lead on well enough.
constexpr double kMany = 0.4;

/// Rows scored in a row by an exact search, for a group of queries.
constexpr std::size_t kBlock = 64;
constexpr std::size_t kGroup = 8;

/// Keys of rows that may lie anywhere.
class Scorer {
 public:
  /// lengths: of the rows, where the metric brings them to length 1.
  Scorer(const TypedRows& rows, const ChunkedRows<double>& lengths, const MetricTraits& metric)
      : rows_(rows),
        lengths_(rows.type() == RowType::u8 && metric.unit_length ? &lengths : nullptr),
        kernels_(metric.kernels()),
        sign_(metric.smaller_first ? -1.0F : 1.0F) {}

  float key(std::span<const float> query, Node node) const {
    float value = 0;
    switch (rows_.type()) {
      case RowType::f32:
        measure<float>(query, node, value);
        break;
      case RowType::f16:
        measure<simd::Half>(query, node, value);
        break;
      case RowType::u8:
        measure<std::uint8_t>(query, node, value);
        break;
    }
    // Bytes stand as they were given (typed_rows.h).
    if (lengths_ != nullptr)
      if (const double length = *lengths_->row(node); length > 0)
        value = static_cast<float>(value / length);
    // Rows of a file may hold anything.
    return std::isnan(value) ? -std::numeric_limits<float>::infinity() : sign_ * value;
  }
  void fetch(Node node) const {
    const auto* row = static_cast<const std::byte*>(rows_.data(node));
    for (std::size_t at = 0; at < rows_.row_bytes(); at += 64) __builtin_prefetch(row + at);
  }

 private:
  template <class Row>
  void measure(std::span<const float> query, Node node, float& value) const {
    kernels_.of<Row>()(query.data(), static_cast<const Row*>(rows_.data(node)), 1, query.size(),
                       &value);
  }

  const TypedRows& rows_;
  const ChunkedRows<double>* lengths_;
  simd::MeasureKernels kernels_;
  float sign_;
};

bool better(const simd::Scored& a, const simd::Scored& b) {
  return a.score != b.score ? a.score > b.score : a.id < b.id;
}

/// The k best, best first. `twice`: an id may be there twice, as a vector and what replaces it.
void keep_best(Best& scored, std::size_t k, bool twice) {
  std::ranges::sort(scored, better);
  if (twice) {
    std::unordered_set<std::uint64_t> seen;
    std::erase_if(scored, [&](const simd::Scored& hit) { return !seen.insert(hit.id).second; });
  }
  if (scored.size() > k) scored.resize(k);
}

}  // namespace

Hnsw::Hnsw(const IndexOptions& options) : options_(options) {}
Hnsw::~Hnsw() = default;

std::uint64_t Hnsw::IdOf::operator()(Node node) const { return hnsw->core()->id(node); }

std::size_t Hnsw::dimensions() const {
  const Core* core = this->core();
  return core == nullptr ? 0 : core->rows.dimensions();
}

std::uint64_t Hnsw::next_id() const {
  if (alive_ == 0) return 0;
  if (largest_removed_.exchange(false)) {
    const auto guard = epochs_.enter();
    const Core& core = *this->core();
    std::uint64_t largest = 0;
    for (const Node node : nodes_of(core, nullptr)) largest = std::max(largest, core.id(node));
    largest_id_ = largest;
  }
  return largest_id_ + 1;
}

std::size_t Hnsw::memory_bytes() const {
  const Core* core = this->core();
  if (core == nullptr) return 0;
  // A mapped file's memory is the system's.
  const std::shared_lock lock(table_mutex_);
  if (core->file) return node_of_.bytes();
  const std::size_t lengths = traits_of(metric()).unit_length ? sizeof(double) : 0;
  return core->layers.bytes() + node_of_.bytes() +
         core->layers.bottom().size() * (core->rows.row_bytes() + sizeof(std::uint64_t) + lengths);
}

std::unique_ptr<Hnsw::Scratch> Hnsw::take_scratch() const {
  {
    const std::lock_guard lock(scratch_mutex_);
    if (!scratch_.empty()) {
      auto scratch = std::move(scratch_.back());
      scratch_.pop_back();
      return scratch;
    }
  }
  return std::make_unique<Scratch>();
}

void Hnsw::give_back(std::unique_ptr<Scratch> scratch) const {
  const std::lock_guard lock(scratch_mutex_);
  scratch_.push_back(std::move(scratch));
}

/// The living nodes that pass, ascending.
std::vector<Node> Hnsw::nodes_of(const Core& core, const Filter* filter) const {
  std::vector<Node> nodes;
  const Graph& graph = core.layers.bottom();
  if (filter != nullptr && filter->is_list()) {
    const std::shared_lock lock(table_mutex_);
    for (const std::uint64_t id : filter->ids())
      if (const Node node = node_of_.find(id); node != node_of_.kNowhere) nodes.push_back(node);
    std::ranges::sort(nodes);
    return nodes;
  }
  const std::uint64_t done = done_;
  const std::size_t size = graph.size();
  for (std::size_t i = 0; i < size; ++i) {
    const Node node = static_cast<Node>(i);
    if (graph.alive(node) && (filter == nullptr || filter->passes(core.id(node))))
      nodes.push_back(node);
  }
  if (done != begun_) {
    std::unordered_set<std::uint64_t> seen;
    std::erase_if(nodes, [&](Node node) { return !seen.insert(core.id(node)).second; });
  }
  return nodes;
}

Result<std::vector<Best>> Hnsw::search_exact(MatrixView queries, const Request& request) const {
  std::vector<Best> results(queries.rows());
  const Core* core = this->core();
  if (core == nullptr) return results;
  if (request.filter != nullptr && request.filter->is_list()) KINDRED_TRY(make_table(*core));
  const auto guard = epochs_.enter();
  const std::vector<Node> nodes = nodes_of(*core, request.filter);
  if (nodes.empty()) return results;
  if (core->file) KINDRED_TRY(core->file->verify_all());
  const std::size_t k = std::min(request.k, nodes.size()) + (request.left_out.empty() ? 0 : 1);
  const Scorer scorer(core->rows, core->lengths, traits_of(metric()));
  base::parallel_for((queries.rows() + kGroup - 1) / kGroup, [&](std::size_t group, std::size_t) {
    const std::size_t first = group * kGroup;
    const std::size_t count = std::min(kGroup, queries.rows() - first);
    std::vector<simd::TopK> best(count, simd::TopK(k));
    for (std::size_t begin = 0; begin < nodes.size(); begin += kBlock) {
      const auto block = std::span(nodes).subspan(begin, std::min(kBlock, nodes.size() - begin));
      for (const Node node : block) scorer.fetch(node);
      for (std::size_t query = 0; query < count; ++query)
        for (const Node node : block)
          best[query].offer(
              simd::Scored{scorer.key(queries.row(first + query), node), core->id(node)});
    }
    for (std::size_t query = 0; query < count; ++query) {
      results[first + query] = best[query].take();
      if (!request.left_out.empty())
        leave_out(results[first + query], request.left_out[first + query], request.k);
    }
  });
  return results;
}

/// Scores the best of what was found by codes.
Result<void> Hnsw::finish(const Core& core, std::span<const float> query, std::size_t number,
                          const Candidates& found, const Request& request,
                          std::uint64_t done_before, Scratch& scratch, Best& best) const {
  const Graph& graph = core.layers.bottom();
  const Scorer scorer(core.rows, core.lengths, traits_of(metric()));
  scratch.chosen.clear();
  const std::size_t most = rows_to_score(request.k);
  for (std::size_t i = 0; i < found.size() && scratch.chosen.size() < most; ++i) {
    const Node node = found[i].node;
    if (!graph.alive(node)) continue;
    const std::uint64_t id = core.id(node);
    if (!request.left_out.empty() && id == request.left_out[number]) continue;
    if (request.filter != nullptr && !request.filter->passes(id)) continue;
    scratch.chosen.push_back(node);
    scorer.fetch(node);
  }
  if (core.file)
    for (const Node node : scratch.chosen) KINDRED_TRY(core.file->verify_rows(node, 1));
  scratch.scored.clear();
  for (const Node node : scratch.chosen)
    scratch.scored.push_back({scorer.key(query, node), core.id(node)});
  keep_best(scratch.scored, request.k, done_before != begun_);
  best.assign(scratch.scored.begin(), scratch.scored.end());
  return {};
}

/// The set of a filter's nodes, where it is there already or worth making.
std::shared_ptr<const Passing> Hnsw::passing_of(const Core& core, const Filter& filter,
                                                std::size_t queries) const {
  const std::uint64_t state = state_;
  const auto known =
      filter.is_fixed() ? passing_.find(filter.serial(), state) : PassingCache::Known();
  if (known.passing) return known.passing;
  const std::size_t questions =
      filter.is_list() ? filter.ids().size() : core.layers.bottom().size();
  if (!known.seen && questions > kAskFreely + kAskForQuery * queries) return nullptr;
  auto passing =
      std::make_shared<const Passing>(nodes_of(core, &filter), core.layers.bottom().size());
  if (filter.is_fixed()) passing_.keep(filter.serial(), state, passing);
  return passing;
}

/// How to search, by how many pass. The caller holds a guard until the search is done.
Hnsw::Plan Hnsw::plan_for(const Core& core, const Request& request, std::size_t queries,
                          std::size_t ef) const {
  using enum Plan::Way;
  const Filter* filter = request.filter;
  const std::size_t few = kRowsForEf * ef;
  Plan plan{.way = walk, .ef = ef, .passing = nullptr, .starts = {}};
  if (alive_ <= few) plan.way = exact;
  if (plan.way == exact || filter == nullptr) return plan;
  plan.passing = passing_of(core, *filter, queries);
  // How many pass, and some of them.
  double passing = 0;
  if (plan.passing) {
    const auto nodes = plan.passing->nodes();
    passing = static_cast<double>(nodes.size());
    for (std::size_t i = 0; i < std::min(kStarts, nodes.size()); ++i)
      plan.starts.push_back(nodes[i * nodes.size() / std::min(kStarts, nodes.size())]);
  } else if (filter->is_list()) {
    const auto ids = filter->ids();
    passing = static_cast<double>(ids.size());
    const std::shared_lock lock(table_mutex_);
    for (std::size_t i = 0; i < std::min(kStarts, ids.size()); ++i) {
      const Node node = node_of_.find(ids[i * ids.size() / std::min(kStarts, ids.size())]);
      if (node != node_of_.kNowhere) plan.starts.push_back(node);
    }
  } else {
    const Graph& graph = core.layers.bottom();
    const std::size_t size = graph.size();
    std::size_t passed = 0;
    for (std::size_t i = 0; i < kAsked; ++i) {
      const Node node = static_cast<Node>(i * size / kAsked);
      if (!graph.alive(node) || !filter->passes(core.id(node))) continue;
      ++passed;
      if (plan.starts.size() < kStarts) plan.starts.push_back(node);
    }
    passing = static_cast<double>(passed * alive_) / static_cast<double>(kAsked);
  }
  if (passing <= static_cast<double>(few)) {
    plan.way = exact;
  } else if (plan.passing && plan.passing->nodes().size() <= kCodesForEf * std::max(ef, kLeastEf)) {
    plan.way = scan;
  } else if (passing > kNearlyAll * static_cast<double>(alive_)) {
    plan.ef = static_cast<std::size_t>(static_cast<double>(ef) / kNearlyAll);
    plan.starts.clear();
  } else {
    plan.way = walk_passing;
    plan.enough = passing > kMany * static_cast<double>(alive_) ? 0.5 : 1;
    // Where it starts need not pass, and takes a place.
    plan.ef = std::max(ef, request.k + 2 * kStarts);
  }
  return plan;
}

Result<std::vector<Best>> Hnsw::search(MatrixView queries, const Request& request) const {
  const Core* core = this->core();
  if (core == nullptr || alive_ == 0) return std::vector<Best>(queries.rows());
  const std::size_t ef =
      std::max(request.ef_search == 0 ? ef_search_.load() : request.ef_search, request.k);
  if (request.filter != nullptr && request.filter->is_list()) KINDRED_TRY(make_table(*core));
  // What passes now is looked at until all is done.
  const auto guard = epochs_.enter();
  const Plan plan = plan_for(*core, request, queries.rows(), ef);
  if (plan.way == Plan::Way::exact) return search_exact(queries, request);

  std::vector<Best> results(queries.rows());
  std::vector<Result<void>> outcomes(queries.rows());
  constexpr std::size_t kTogether = Scratch::kTogether;
  base::parallel_for(
      (queries.rows() + kTogether - 1) / kTogether, [&](std::size_t group, std::size_t) {
        const std::size_t first = group * kTogether;
        const std::size_t count = std::min(kTogether, queries.rows() - first);
        search_group(*core, queries, first, request, plan, std::span(results).subspan(first, count),
                     std::span(outcomes).subspan(first, count));
      });
  for (const auto& outcome : outcomes)
    if (!outcome.has_value()) return std::unexpected(outcome.error());

  // What came back short is looked for again, among all.
  for (std::size_t query = 0; query < queries.rows(); ++query) {
    const std::size_t left_out = request.left_out.empty() ? 0 : 1;
    if (results[query].size() >=
        std::min(request.k, alive_.load() - std::min(alive_.load(), left_out)))
      continue;
    Request again = request;
    if (left_out != 0) again.left_out = request.left_out.subspan(query, 1);
    results[query] = std::move(KINDRED_TRY(search_exact(queries.slice(query, 1), again))[0]);
  }
  return results;
}

/// Walks for the first `count` queries of the scratch, in turns. Returns whether it met damage.
bool Hnsw::walk_group(const Core& core, const Request& request, const Plan& plan, Scratch& scratch,
                      std::size_t count) const {
  const Graph& graph = core.layers.bottom();
  Walk::Filter filter{.passes = {}, .enough = plan.enough};
  if (plan.passing)
    filter.passes = [&](Node node) { return plan.passing->contains(node); };
  else
    filter.passes = [&](Node node) {
      return request.filter->passes(core.id(node)) && graph.alive(node);
    };
  const bool over_passing = plan.way == Plan::Way::walk_passing;
  bool damaged = false;
  std::array<bool, Scratch::kTogether> walking{};
  for (std::size_t i = 0; i < count; ++i) {
    core.layers.find_entries(scratch.queries[i], 0, scratch.descent, scratch.entries);
    damaged = damaged || scratch.descent.damaged;
    for (const Node node : plan.starts)
      if (std::ranges::find(scratch.entries, node) == scratch.entries.end())
        scratch.entries.push_back(node);
    scratch.walks[i].start(graph, scratch.queries[i], plan.ef, scratch.entries,
                           over_passing ? &filter : nullptr);
    walking[i] = true;
  }
  for (std::size_t left = count; left > 0;)
    for (std::size_t i = 0; i < count; ++i) {
      if (!walking[i]) continue;
      scratch.walks[i].score();
      walking[i] = scratch.walks[i].gather();
      damaged = damaged || scratch.walks[i].met_damage();
      if (!walking[i]) --left;
    }
  return damaged;
}

void Hnsw::search_group(const Core& core, MatrixView queries, std::size_t first,
                        const Request& request, const Plan& plan, std::span<Best> best,
                        std::span<Result<void>> outcomes) const {
  auto scratch = take_scratch();
  const std::uint64_t done_before = done_;
  const auto guard = epochs_.enter();
  const Graph& graph = core.layers.bottom();
  const auto queries_of_group = std::span(scratch->queries).first(best.size());
  for (std::size_t i = 0; i < best.size(); ++i)
    core.space.query(queries.row(first + i), queries_of_group[i]);
  const auto finish_all = [&](const auto& found_by) {
    for (std::size_t i = 0; i < best.size(); ++i)
      outcomes[i] = finish(core, queries.row(first + i), first + i, found_by(i), request,
                           done_before, *scratch, best[i]);
  };
  bool damaged = false;
  if (plan.way == Plan::Way::scan) {
    const auto scanned = std::span(scratch->scanned).first(best.size());
    for (Candidates& candidates : scanned) candidates.start(rows_to_score(request.k) + kSpare);
    damaged = !scan_codes(graph, plan.passing->nodes(), queries_of_group, scanned);
    finish_all([&](std::size_t i) -> const Candidates& { return scanned[i]; });
  } else {
    damaged = walk_group(core, request, plan, *scratch, best.size());
    finish_all([&](std::size_t i) -> const Candidates& { return scratch->walks[i].found(); });
  }
  if (damaged)
    // It says which block.
    std::ranges::fill(outcomes, core.file->verify_all());
  give_back(std::move(scratch));
}

/// A mapped index makes its table of ids when the first id is asked for. An error where the ids are
/// damaged.
Result<void> Hnsw::make_table(const Core& core) const {
  if (!core.file) return {};
  KINDRED_TRY(core.file->verify_ids());
  std::call_once(table_made_, [&] {
    const std::unique_lock lock(table_mutex_);
    const std::size_t size = core.layers.bottom().size();
    node_of_.reserve(size);
    for (std::size_t node = 0; node < size; ++node)
      node_of_.put(core.id(static_cast<Node>(node)), static_cast<Node>(node));
  });
  return {};
}

bool Hnsw::contains(std::uint64_t id) const {
  const Core* core = this->core();
  if (core == nullptr || !make_table(*core).has_value()) return false;
  const std::shared_lock lock(table_mutex_);
  return node_of_.find(id) != node_of_.kNowhere;
}

Result<bool> Hnsw::row(std::uint64_t id, std::span<float> to, double& length) const {
  if (core() == nullptr) return false;
  const Core& core = *this->core();
  KINDRED_TRY(make_table(core));
  const auto guard = epochs_.enter();
  Node node = kNoNode;
  {
    const std::shared_lock lock(table_mutex_);
    node = node_of_.find(id);
  }
  if (node == node_of_.kNowhere) return false;
  if (core.file) KINDRED_TRY(core.file->verify_rows(node, 1));
  length = traits_of(metric()).unit_length ? *core.lengths.row(node) : 1;
  core.rows.get(node, to, length);
  return true;
}

std::vector<std::uint64_t> Hnsw::sample_ids(std::size_t count) const {
  std::vector<std::uint64_t> sample;
  const Core* core = this->core();
  if (core == nullptr) return sample;
  const auto guard = epochs_.enter();
  const std::vector<Node> nodes = nodes_of(*core, nullptr);
  count = std::min(count, nodes.size());
  for (std::size_t i = 0; i < count; ++i)
    sample.push_back(core->id(nodes[i * nodes.size() / count]));
  return sample;
}

}  // namespace kindred::index
