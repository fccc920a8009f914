// An Hnsw as a file: the sections that docs/formats/index.md gives byte by byte.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <deque>
#include <numeric>
#include <string>
#include <unordered_set>

#include "index/hnsw_core.h"
#include "index/ids.h"
#include "index/metrics.h"
#include "index/types.h"

namespace kindred::index {
namespace {

/// The section "hnsw".
struct AboutGraph {
  std::uint64_t m;
  std::uint64_t ef_construction;
  std::uint64_t ef_search;
  std::uint64_t seed;
  std::uint32_t code_bits;
  float longest;
  float step;
  std::uint32_t zero;
  std::array<std::uint64_t, Layers::kMost> nodes;  ///< of each layer
};
static_assert(sizeof(AboutGraph) == 96);

std::string section_of(std::string_view what, std::size_t layer) {
  return fmt::format("{}{}", what, layer);
}

std::unexpected<Error> corrupt(const File& file, const std::string& why) {
  return fail(ErrorCode::corrupt, fmt::format("{}: {}", file.path().string(), why));
}

/// The rows of some nodes, ascending, as pieces: those that stand next to each other are one.
template <typename RowOf>
Contents::Pieces pieces_of(std::span<const Node> nodes, std::size_t row_bytes,
                           const RowOf& row_of) {
  Contents::Pieces pieces;
  for (const Node node : nodes) {
    const auto* row = reinterpret_cast<const std::byte*>(row_of(node));
    if (!pieces.empty() && pieces.back().data() + pieces.back().size() == row)
      pieces.back() = {pieces.back().data(), pieces.back().size() + row_bytes};
    else
      pieces.push_back({row, row_bytes});
  }
  return pieces;
}

/// The living nodes of a layer, and what numbers they get in a file: their places among them.
struct Numbers {
  std::vector<Node> nodes;
  std::vector<Node> number_of;

  explicit Numbers(const Graph& graph) : number_of(graph.size(), kNoNode) {
    for (std::size_t node = 0; node < graph.size(); ++node) {
      if (!graph.alive(static_cast<Node>(node))) continue;
      number_of[node] = static_cast<Node>(nodes.size());
      nodes.push_back(static_cast<Node>(node));
    }
  }
};

/// Links by the numbers that nodes get; links to the dead are left out.
std::vector<Node> numbered_links(const Graph& graph, const Numbers& numbers) {
  std::vector<Node> links(numbers.nodes.size() * graph.degree(), kNoNode);
  for (std::size_t i = 0; i < numbers.nodes.size(); ++i) {
    std::size_t count = 0;
    for (const Link& link : graph.links(numbers.nodes[i])) {
      const Node to = link.load(std::memory_order_acquire);
      if (to == kNoNode) break;
      if (numbers.number_of[to] != kNoNode)
        links[i * graph.degree() + count++] = numbers.number_of[to];
    }
  }
  return links;
}

}  // namespace

Result<void> Hnsw::save(base::FileSystem& files, const std::filesystem::path& path) const {
  const std::unique_lock alone(changes_mutex_);
  const Core* core = this->core();
  // Walks then find the same here and in the file, which has no dead nodes.
  if (core != nullptr && !core->file) reclaim(*owned_core_, true);
  About about{.type = std::string(kType),
              .metric = metric(),
              .row_type = row_type(),
              .rows = alive_,
              .dimensions = dimensions()};
  AboutGraph graph_about{.m = options_.m,
                         .ef_construction = options_.ef_construction,
                         .ef_search = ef_search_,
                         .seed = options_.seed,
                         .code_bits = options_.code_bits,
                         .longest = 0,
                         .step = 0,
                         .zero = 0,
                         .nodes = {}};
  std::vector<base::SectionBytes> further;
  Contents contents{.about = about, .rows = {}, .ids = {}, .lengths = {}};
  if (core == nullptr) {
    further.push_back({"hnsw", {std::as_bytes(std::span(&graph_about, 1))}});
    contents.further = further;
    return write_file(files, path, contents);
  }
  if (core->file) KINDRED_TRY(core->file->verify_all());
  const SpaceParts& parts = core->space.parts();
  graph_about.longest = parts.longest;
  graph_about.step = parts.step;

  // Everything that sections refer to lives until the file is written, their names too.
  std::deque<std::string> names;
  const auto name_of_section = [&](std::string_view what, std::size_t layer) {
    return std::string_view(names.emplace_back(section_of(what, layer)));
  };
  std::vector<Numbers> numbers;
  std::vector<std::vector<Node>> links;
  std::vector<std::vector<Node>> below;
  for (std::size_t layer = 0; layer < Layers::kMost; ++layer)
    numbers.emplace_back(core->layers.layer(layer).graph);
  for (std::size_t layer = 0; layer < Layers::kMost; ++layer) {
    const Graph& graph = core->layers.layer(layer).graph;
    const auto& nodes = numbers[layer].nodes;
    graph_about.nodes[layer] = nodes.size();
    links.push_back(numbered_links(graph, numbers[layer]));
    below.emplace_back();
    if (layer > 0)
      for (const Node node : nodes)
        below.back().push_back(
            numbers[layer - 1].number_of[core->layers.layer(layer).below.row(node)->load()]);
  }
  further.push_back({"hnsw", {std::as_bytes(std::span(&graph_about, 1))}});
  further.push_back({"coordinates", {std::as_bytes(std::span(parts.coordinates))}});
  for (std::size_t layer = 0; layer < Layers::kMost; ++layer) {
    const Graph& graph = core->layers.layer(layer).graph;
    const auto& nodes = numbers[layer].nodes;
    if (layer > 0 && nodes.empty()) break;
    further.push_back(
        {name_of_section("codes", layer), pieces_of(nodes, graph.codec().code_bytes(),
                                                    [&](Node node) { return graph.code(node); })});
    further.push_back({name_of_section("scales", layer),
                       pieces_of(nodes, sizeof(quantize::CodeScale),
                                 [&](Node node) { return &graph.scale(node); })});
    further.push_back(
        {name_of_section("links", layer), {std::as_bytes(std::span<const Node>(links[layer]))}});
    if (layer > 0)
      further.push_back(
          {name_of_section("below", layer), {std::as_bytes(std::span<const Node>(below[layer]))}});
  }
  const auto& nodes = numbers[0].nodes;
  contents.rows =
      pieces_of(nodes, core->rows.row_bytes(), [&](Node node) { return core->rows.data(node); });
  contents.ids =
      pieces_of(nodes, sizeof(std::uint64_t), [&](Node node) { return core->ids.row(node); });
  if (traits_of(metric()).unit_length)
    contents.lengths =
        pieces_of(nodes, sizeof(double), [&](Node node) { return core->lengths.row(node); });
  contents.further = further;
  return write_file(files, path, contents);
}

namespace {

/// What a file says of its graph, every number checked.
struct Checked {
  IndexOptions options;
  AboutGraph about;
  SpaceParts parts;
};

Result<Checked> check(const File& file) {
  const About& about = file.about();
  const auto section = KINDRED_TRY(file.find<AboutGraph>("hnsw", 1));
  KINDRED_TRY(file.verify(section));
  Checked checked;
  std::memcpy(&checked.about, section.values.data(), sizeof(AboutGraph));
  const AboutGraph& graph = checked.about;
  checked.options = {.metric = about.metric,
                     .type = IndexType::hnsw,
                     .rows = about.row_type,
                     .m = graph.m,
                     .ef_construction = graph.ef_construction,
                     .code_bits = graph.code_bits,
                     .seed = graph.seed};
  if (!index::check(checked.options).has_value() || graph.ef_search == 0)
    return corrupt(file, "section \"hnsw\" has settings that no index has");
  if (graph.nodes[0] != about.rows || about.rows >= ChunkedRows<Link>::kMostRows ||
      !std::ranges::is_sorted(graph.nodes, std::greater()))
    return corrupt(file, fmt::format("section \"hnsw\" has {} nodes for {} rows, or upper layers "
                                     "that are larger than lower ones",
                                     graph.nodes[0], about.rows));
  if (about.rows == 0 && about.dimensions == 0) return checked;
  const auto coordinates = KINDRED_TRY(
      file.find<float>("coordinates", WalkSpace::coordinates_of(about.metric, about.dimensions)));
  KINDRED_TRY(file.verify(coordinates));
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::ranges::all_of(coordinates.values, finite) || !finite(graph.longest) ||
      graph.longest < 0 ||
      (about.metric == Metric::manhattan && !(finite(graph.step) && graph.step > 0)))
    return corrupt(file, "sections \"hnsw\" and \"coordinates\" hold what no index has");
  checked.parts = {.seed = graph.seed,
                   .bits = graph.code_bits,
                   .longest = graph.longest,
                   .step = graph.step,
                   .coordinates = {coordinates.values.begin(), coordinates.values.end()}};
  return checked;
}

/// The sections of a layer.
struct LayerSections {
  File::Section<std::uint8_t> codes;
  File::Section<quantize::CodeScale> scales;
  File::Section<Node> links;
  File::Section<Node> below;
};

Result<LayerSections> find_layer(const File& file, const Graph& graph, std::size_t layer,
                                 std::size_t nodes) {
  LayerSections sections;
  sections.codes = KINDRED_TRY(
      file.find<std::uint8_t>(section_of("codes", layer), nodes * graph.codec().code_bytes()));
  sections.scales = KINDRED_TRY(file.find<quantize::CodeScale>(section_of("scales", layer), nodes));
  sections.links = KINDRED_TRY(file.find<Node>(section_of("links", layer), nodes * graph.degree()));
  if (layer > 0) sections.below = KINDRED_TRY(file.find<Node>(section_of("below", layer), nodes));
  return sections;
}

/// For graphs that will be changed: links lead to nodes, and each node stands above one of its own.
Result<void> check_links(const File& file, const LayerSections& sections, std::size_t layer,
                         std::size_t nodes, std::size_t nodes_below) {
  for (const Node node : sections.links.values)
    if (node != kNoNode && node >= nodes)
      return corrupt(file, fmt::format("layer {} links to node {} of {}", layer, node, nodes));
  std::unordered_set<Node> seen;
  for (const Node node : sections.below.values)
    if (node >= nodes_below || !seen.insert(node).second)
      return corrupt(file, fmt::format("layer {} stands above node {} of {}, or twice", layer, node,
                                       nodes_below));
  return {};
}

void copy_layer(const LayerSections& sections, std::size_t nodes, Layer& layer) {
  Graph& graph = layer.graph;
  graph.reserve(nodes);
  if (!sections.below.values.empty()) layer.below.grow(nodes);
  const std::size_t code_bytes = graph.codec().code_bytes();
  for (std::size_t i = 0; i < nodes; ++i) {
    const Node node = static_cast<Node>(i);
    std::ranges::copy(sections.codes.values.subspan(i * code_bytes, code_bytes), graph.code(node));
    graph.scale(node) = sections.scales.values[i];
    graph.set_links(node, sections.links.values.subspan(i * graph.degree(), graph.degree()));
    graph.set_alive(node, true);
    if (sections.below.values.empty()) continue;
    layer.below.row(node)->store(sections.below.values[i], std::memory_order_relaxed);
    layer.node_above[sections.below.values[i]] = node;
  }
  graph.publish(nodes);
}

/// `file` outlives the layer.
void borrow_layer(const File& file, const LayerSections& sections, std::size_t nodes,
                  Layer& layer) {
  Graph& graph = layer.graph;
  const std::size_t code_bytes = graph.codec().code_bytes();
  const std::size_t degree = graph.degree();
  graph.borrow(
      sections.codes.values.data(), sections.scales.values.data(), sections.links.values.data(),
      nodes, [&file, sections, code_bytes, degree](Node node) {
        return file.verify(sections.codes, node * code_bytes, code_bytes).has_value() &&
               file.verify(sections.scales, node, 1).has_value() &&
               file.verify(sections.links, node * degree, degree).has_value() &&
               (sections.below.values.empty() || file.verify(sections.below, node, 1).has_value());
      });
  if (!sections.below.values.empty())
    layer.below.borrow(reinterpret_cast<const std::atomic<Node>*>(sections.below.values.data()),
                       nodes);
}

}  // namespace

Result<std::unique_ptr<Hnsw>> Hnsw::open(File file, OpenMode mode) {
  if (mode == OpenMode::load) KINDRED_TRY(file.verify_all());
  const Checked checked = KINDRED_TRY(check(file));
  auto hnsw = std::make_unique<Hnsw>(checked.options);
  hnsw->ef_search_ = checked.about.ef_search;
  hnsw->largest_removed_ = true;
  const std::size_t count = file.about().rows;
  if (count == 0 && file.about().dimensions == 0) return hnsw;
  auto core = std::make_unique<Core>(
      WalkSpace(checked.options.metric, file.about().dimensions, checked.parts), checked.options,
      file.about().dimensions);
  core->file.emplace(std::move(file));
  const File& kept = *core->file;
  const bool copies = mode == OpenMode::load;
  // Codes and links come to stay, rows need not.
  if (!copies) kept.expect_scattered_rows();
  if (copies) KINDRED_TRY(check_distinct(kept.ids()));
  for (std::size_t i = 0; i < Layers::kMost; ++i) {
    const std::size_t nodes = checked.about.nodes[i];
    if (i > 0 && nodes == 0) break;
    Layer& layer = core->layers.layer(i);
    const LayerSections sections = KINDRED_TRY(find_layer(kept, layer.graph, i, nodes));
    if (copies) {
      KINDRED_TRY(check_links(kept, sections, i, nodes, i == 0 ? 0 : checked.about.nodes[i - 1]));
      copy_layer(sections, nodes, layer);
    } else {
      borrow_layer(kept, sections, nodes, layer);
    }
  }
  if (copies) {
    core->rows.grow(count);
    core->ids.grow(count);
    if (!kept.lengths().empty()) core->lengths.grow(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Node node = static_cast<Node>(i);
      core->rows.set_bytes(node, kept.rows().subspan(i * core->rows.row_bytes()));
      *core->ids.row(node) = kept.ids()[i];
      if (!kept.lengths().empty()) *core->lengths.row(node) = kept.lengths()[i];
    }
    core->file.reset();
  } else {
    core->rows.borrow(kept.rows().data(), count);
    core->ids.borrow(kept.ids().data(), count);
    core->lengths.borrow(kept.lengths().data(), kept.lengths().size());
  }
  hnsw->owned_core_ = std::move(core);
  hnsw->core_ = hnsw->owned_core_.get();
  hnsw->alive_ = count;
  if (copies) {
    hnsw->node_of_.reserve(count);
    for (std::size_t node = 0; node < count; ++node)
      hnsw->node_of_.put(hnsw->owned_core_->id(static_cast<Node>(node)), static_cast<Node>(node));
  }
  return hnsw;
}

}  // namespace kindred::index
