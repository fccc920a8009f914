/// What attention adds to a score for the distance between query and key: a learned value for each
/// bucket of distances and each head (T5: Raffel et al. 2020, arXiv:1910.10683, section 2.1; MPNet
/// has the same).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tensor/parameter.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

struct RelativeBias {
  SharedParameter table;               // buckets x heads
  std::vector<std::uint32_t> buckets;  // of the distances key - query from -reach() to reach()

  /// Farther ones count as this far.
  std::size_t reach() const { return buckets.size() / 2; }
  std::size_t distances() const { return buckets.size(); }
};

/// T5's buckets for attention in both directions: half of `count` for keys behind the query and
/// half for those before it. Of each half, half hold one distance each, the others grow by a factor
/// up to `max_distance`.
std::vector<std::uint32_t> relative_buckets(std::size_t count, std::size_t max_distance);

/// heads x distances: the table as attention reads it.
Tensor spread(Workspace& workspace, const RelativeBias& bias, std::size_t heads);

/// Adds to the table's gradient. gradient: items x distances, item i that of head i % heads.
void add_gradient(const RelativeBias& bias, std::size_t heads, const Tensor& gradient);

}  // namespace kindred::tensor
