// How vectors come into an Hnsw and leave it.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <thread>
#include <tuple>
#include <unordered_set>

#include "base/random.h"
#include "base/thread_pool.h"
#include "index/graph_build.h"
#include "index/hnsw_core.h"
#include "index/metrics.h"

namespace kindred::index {
namespace {

/// Rows that one task encodes.
constexpr std::size_t kEncodeRows = 512;
/// Dead nodes are swept when there is one for this many that live: they take memory, and walks read
/// them; a sweep reads all links.
constexpr std::size_t kLivingForDead = 32;
constexpr std::size_t kFewestToSweep = 64;

Result<void> check_room(std::size_t there, std::size_t more) {
  if (there + more <= TypedRows::kMostRows) return {};
  return fail(ErrorCode::invalid_argument,
              fmt::format("{} rows and {} more: an index holds up to {}", there, more,
                          TypedRows::kMostRows));
}

}  // namespace

LinkingRule Hnsw::rule() const {
  return {.ef_construction = options_.ef_construction, .new_links = 2 * options_.m};
}

Result<std::unique_ptr<Hnsw>> Hnsw::build(const Prepared& rows, const IndexOptions& options) {
  KINDRED_TRY(check_room(0, rows.ids.size()));
  auto hnsw = std::make_unique<Hnsw>(options);
  if (rows.rows.rows() > 0) hnsw->build_core(rows);
  return hnsw;
}

void Hnsw::note_ids(std::span<const std::uint64_t> ids) {
  const std::uint64_t largest = std::ranges::max(ids);
  std::uint64_t before = largest_id_;
  while (before < largest && !largest_id_.compare_exchange_weak(before, largest)) continue;
}

void Hnsw::build_core(const Prepared& rows) {
  const std::size_t count = rows.rows.rows();
  auto core =
      std::make_unique<Core>(WalkSpace::fit(rows.rows, options_), options_, rows.rows.dimensions());
  // Those of the upper layers first, so that these are the first nodes of every layer; the rest in
  // an order that has nothing to do with that of the rows, which often come sorted by topic.
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<std::pair<std::size_t, std::uint64_t>> place(count);
  for (std::size_t row = 0; row < count; ++row) {
    const std::uint64_t id = rows.ids[row];
    place[row] = {Layers::kMost - core->layers.highest(id),
                  base::Random(options_.seed + id).next()};
  }
  std::ranges::sort(order, {}, [&](std::uint32_t row) { return std::tuple(place[row], row); });
  std::vector<std::size_t> counts(Layers::kMost);
  for (std::size_t row = 0; row < count; ++row)
    for (std::size_t layer = 0; layer <= core->layers.highest(rows.ids[row]); ++layer)
      ++counts[layer];

  const bool lengths = traits_of(metric()).unit_length;
  Graph& bottom = core->layers.bottom();
  bottom.reserve(count);
  core->rows.grow(count);
  core->ids.grow(count);
  if (lengths) core->lengths.grow(count);
  std::vector<quantize::CodeQuery> scratch(threads());
  base::parallel_for((count + kEncodeRows - 1) / kEncodeRows,
                     [&](std::size_t task, std::size_t worker) {
                       for (std::size_t i = task * kEncodeRows;
                            i < std::min(count, (task + 1) * kEncodeRows); ++i) {
                         const Node node = static_cast<Node>(i);
                         const std::size_t row = order[i];
                         bottom.scale(node) = core->space.encode(
                             rows.rows.row(row), bottom.code(node), scratch[worker]);
                         core->rows.set(node, rows.rows.row(row), rows.length(row));
                         *core->ids.row(node) = rows.ids[row];
                         if (lengths) *core->lengths.row(node) = rows.lengths[row];
                       }
                     },
                     scratch.size());
  core->layers.build(counts, rule());

  owned_core_ = std::move(core);
  core_.store(owned_core_.get(), std::memory_order_release);
  const std::unique_lock lock(table_mutex_);
  node_of_.reserve(count);
  for (std::size_t node = 0; node < count; ++node)
    node_of_.put(owned_core_->id(static_cast<Node>(node)), static_cast<Node>(node));
  note_ids(rows.ids);
  alive_ = count;
}

Result<void> Hnsw::add(const Prepared& rows) {
  const std::shared_lock changing(changes_mutex_);
  {
    const std::lock_guard lock(core_mutex_);
    if (core() == nullptr) {
      KINDRED_TRY(check_room(0, rows.ids.size()));
      build_core(rows);
      return {};
    }
  }
  Core& core = *owned_core_;
  if (core.file) return read_only(core.file->path());
  if (rows.rows.dimensions() != core.rows.dimensions())
    return fail(ErrorCode::invalid_argument,
                fmt::format("the vectors have {} dimensions, the index has {}",
                            rows.rows.dimensions(), core.rows.dimensions()));
  // What an id replaces is still there when its new vector comes. Adds at the same time are not
  // seen here: insert_batch() finds those.
  KINDRED_TRY(check_room(alive_, rows.ids.size()));
  for (std::size_t done = 0; done < rows.ids.size();) {
    reclaim(core);
    const std::size_t count = batch_size(alive_, rows.ids.size() - done);
    KINDRED_TRY(insert_batch(core, rows, done, count));
    done += count;
  }
  return {};
}

/// The locks of some ids, taken in one order.
std::vector<std::unique_lock<std::mutex>> Hnsw::lock_ids(std::span<const std::uint64_t> ids) {
  std::array<bool, kIdLocks> wanted{};
  for (const std::uint64_t id : ids) wanted[id % kIdLocks] = true;
  std::vector<std::unique_lock<std::mutex>> locks;
  for (std::size_t i = 0; i < kIdLocks; ++i)
    if (wanted[i]) locks.emplace_back(id_locks_[i]);
  return locks;
}

Result<void> Hnsw::insert_batch(Core& core, const Prepared& rows, std::size_t begin,
                                std::size_t count) {
  const auto ids = rows.ids.subspan(begin, count);
  const auto locks = lock_ids(ids);
  const auto guard = epochs_.enter();
  Graph& bottom = core.layers.bottom();
  std::vector<Node> nodes;
  while (nodes.size() < count) {
    const Node node = core.allocate();
    if (node == kNoNode) {
      for (const Node unused : nodes) core.layers.release(0, unused);
      return fail(ErrorCode::invalid_argument,
                  fmt::format("the index has {} vectors, and can hold no more", size()));
    }
    nodes.push_back(node);
  }
  quantize::CodeQuery scratch;
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = rows.rows.row(begin + i);
    bottom.scale(nodes[i]) = core.space.encode(row, bottom.code(nodes[i]), scratch);
    core.rows.set(nodes[i], row, rows.length(begin + i));
    *core.ids.row(nodes[i]) = ids[i];
    if (!rows.lengths.empty()) *core.lengths.row(nodes[i]) = rows.lengths[begin + i];
  }
  std::vector<UpdateScratch> updates(std::min(threads(), std::max<std::size_t>(count, 1)));
  std::vector<Descent> descents(updates.size());
  bool replaces = false;
  {
    const std::shared_lock lock(table_mutex_);
    for (const std::uint64_t id : ids) replaces |= node_of_.find(id) != node_of_.kNowhere;
  }
  if (replaces) ++begun_;
  // Layer by layer: what reaches a higher one links there too.
  std::vector<Node> below = nodes;
  std::vector<std::uint64_t> reaching(ids.begin(), ids.end());
  for (std::size_t layer = 0;; ++layer) {
    insert(
        core.layers.layer(layer).graph, below, rule(),
        [&](const quantize::CodeQuery& query, std::size_t worker, std::vector<Node>& entries) {
          core.layers.find_entries(query, layer, descents[worker], entries);
        },
        updates);
    if (layer + 1 == Layers::kMost) break;
    std::vector<Node> above;
    std::vector<std::uint64_t> higher;
    for (std::size_t i = 0; i < below.size(); ++i) {
      if (core.layers.highest(reaching[i]) <= layer) continue;
      const Node node = core.layers.raise(layer, below[i]);
      if (node == kNoNode) continue;
      above.push_back(node);
      higher.push_back(reaching[i]);
    }
    if (above.empty()) break;
    below = std::move(above);
    reaching = std::move(higher);
  }

  std::vector<Node> replaced;
  {
    const std::unique_lock lock(table_mutex_);
    for (std::size_t i = 0; i < count; ++i) {
      if (const Node old = node_of_.find(ids[i]); old != node_of_.kNowhere) replaced.push_back(old);
      node_of_.put(ids[i], nodes[i]);
    }
    ++state_;
  }
  alive_ += count;
  note_ids(ids);
  for (const Node node : replaced) kill(core, node);
  if (replaces) ++done_;
  return {};
}

Result<std::size_t> Hnsw::remove(std::span<const std::uint64_t> ids) {
  std::size_t removed = 0;
  if (core() == nullptr) return removed;
  Core& core = *owned_core_;
  if (core.file) return read_only(core.file->path());
  const std::shared_lock changing(changes_mutex_);
  for (const std::uint64_t id : ids) {
    reclaim(core);
    const std::lock_guard id_lock(id_locks_[id % kIdLocks]);
    const auto guard = epochs_.enter();
    Node node = kNoNode;
    {
      const std::unique_lock lock(table_mutex_);
      node = node_of_.find(id);
      if (node == node_of_.kNowhere) continue;
      node_of_.remove(id);
      ++state_;
    }
    if (id == largest_id_) largest_removed_ = true;
    kill(core, node);
    ++removed;
  }
  return removed;
}

/// Takes a node out of all its layers. The caller holds a guard and the lock of the id.
void Hnsw::kill(Core& core, Node node) {
  std::vector<Node> places = {node};
  for (std::size_t layer = 0; layer + 1 < Layers::kMost; ++layer) {
    const Node above = core.layers.lower(layer, places.back());
    if (above == kNoNode) break;
    places.push_back(above);
  }
  // From the top: who goes down must not be led to what is gone.
  for (std::size_t layer = places.size(); layer-- > 0;)
    core.layers.layer(layer).graph.set_alive(places[layer], false);
  --alive_;
  UpdateScratch scratch;
  Descent descent;
  for (std::size_t layer = 0; layer < places.size(); ++layer) {
    Graph& graph = core.layers.layer(layer).graph;
    graph.codec().query(graph.code(places[layer]), graph.scale(places[layer]), scratch.query);
    core.layers.find_entries(scratch.query, layer, descent, scratch.entries);
    index::remove(graph, places[layer], scratch.entries, rule(), scratch);
  }
  const std::lock_guard lock(leaving_mutex_);
  const std::uint64_t stamp = epochs_.stamp();
  for (std::size_t layer = 0; layer < places.size(); ++layer)
    dead_[layer].push_back({places[layer], stamp});
}

/// Moves nodes on that nobody has in view any more. all: sweeps every dead node, waiting for who
/// may see it. The caller holds no guard.
void Hnsw::reclaim(Core& core, bool all) const {
  std::unique_lock reclaiming(reclaim_mutex_, std::defer_lock);
  // Who is at it already does it for this caller too, unless all is wanted.
  if (all)
    reclaiming.lock();
  else if (!reclaiming.try_lock())
    return;
  for (std::size_t layer = 0; layer < Layers::kMost; ++layer) {
    std::erase_if(swept_[layer], [&](const Leaving& leaving) {
      if (!epochs_.passed(leaving.stamp)) return false;
      core.layers.release(layer, leaving.node);
      return true;
    });
    std::vector<Node> nodes;
    {
      const std::lock_guard lock(leaving_mutex_);
      const std::size_t alive = core.layers.layer(layer).graph.size();
      if (!all && dead_[layer].size() < std::max(alive / kLivingForDead, kFewestToSweep)) continue;
      while (all && !dead_[layer].empty() && !epochs_.passed(dead_[layer].back().stamp))
        std::this_thread::yield();
      std::erase_if(dead_[layer], [&](const Leaving& leaving) {
        if (!epochs_.passed(leaving.stamp)) return false;
        nodes.push_back(leaving.node);
        return true;
      });
    }
    if (nodes.empty()) continue;
    const std::unordered_set<Node> swept(nodes.begin(), nodes.end());
    UpdateScratch scratch;
    Graph& graph = core.layers.layer(layer).graph;
    sweep(graph, [&](Node node) { return swept.contains(node); }, rule(), scratch);
    const std::uint64_t stamp = epochs_.stamp();
    for (const Node node : nodes) swept_[layer].push_back({node, stamp});
  }
}

}  // namespace kindred::index
