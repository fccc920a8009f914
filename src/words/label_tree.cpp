#include "words/label_tree.h"

#include <algorithm>
#include <limits>
#include <queue>

namespace kindred::words {

LabelTree::LabelTree(std::span<const std::uint64_t> counts)
    : codes_(counts),
      children_(counts.size() - 1),
      labels_(static_cast<std::uint32_t>(counts.size())) {
  for (std::uint32_t label = 0; label < labels_; ++label) {
    begins_.push_back(targets_.size());
    const auto nodes = path(label);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const bool right = codes_.labels(label)[i] == 0;
      targets_.push_back(right ? 1.0F : 0.0F);
      const std::uint32_t below = i + 1 < nodes.size() ? labels_ + nodes[i + 1] : label;
      (right ? children_[nodes[i]].second : children_[nodes[i]].first) = below;
    }
  }
}

bool LabelTree::fits(std::span<const std::uint64_t> counts) {
  if (counts.empty() || !std::ranges::is_sorted(counts, std::ranges::greater()) ||
      counts.back() == 0)
    return false;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / 2;
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts) {
    if (count > kMost - sum) return false;
    sum += count;
  }
  return true;
}

std::vector<std::pair<std::uint32_t, float>> LabelTree::likeliest(
    std::size_t k, float threshold, const std::function<float(std::uint32_t node)>& right) const {
  // The likeliest place of all is opened until enough of them are labels.
  struct Place {
    float probability;
    std::uint32_t child;
    bool operator<(const Place& other) const {
      return probability != other.probability ? probability < other.probability
                                              : child > other.child;
    }
  };
  std::vector<std::pair<std::uint32_t, float>> found;
  std::priority_queue<Place> open;
  open.push({1, labels_ == 1 ? 0 : 2 * labels_ - 2});  // the root is the last inner node
  while (!open.empty() && found.size() < k) {
    const Place place = open.top();
    open.pop();
    if (place.probability < threshold + kProbabilityGuard) break;
    if (place.child < labels_) {
      found.emplace_back(place.child, std::min(place.probability, 1.0F));
      continue;
    }
    const std::uint32_t node = place.child - labels_;
    const float there = right(node);
    open.push({place.probability * (1 - there + kProbabilityGuard), children_[node].first});
    open.push({place.probability * (there + kProbabilityGuard), children_[node].second});
  }
  return found;
}

}  // namespace kindred::words
