/// What attention adds to a score for the distance between query and key.
///
/// Either a learned value for each bucket of distances and each head (T5: Raffel et al. 2020,
/// arXiv:1910.10683, section 2.1; MPNet has the same), or a penalty that grows with the distance
/// (ALiBi: Press et al. 2022, arXiv:2108.12409, section 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tensor/parameter.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

struct DistanceBias {
  // Learned:
  SharedParameter table;               // buckets x heads
  std::vector<std::uint32_t> buckets;  // of the distances key - query from -n to n; farther ones
                                       // count as n
  // Or a penalty, -slope |key - query|:
  std::vector<float> slopes;  // a value each head

  bool learned() const { return table != nullptr; }
};

/// T5's buckets for attention in both directions: half of `count` for keys behind the query and
/// half for those before it. Of each half, half hold one distance each, the others grow by a factor
/// up to `max_distance`.
std::vector<std::uint32_t> relative_buckets(std::size_t count, std::size_t max_distance);

/// ALiBi's slopes: 2^(-8 / n), 2^(-16 / n), ... for n heads; where n is no power of two, those of
/// the power below it, and then every second one of the power above it.
std::vector<float> alibi_slopes(std::size_t heads);

/// heads x (2 n + 1): what attention adds for the distances from -n to n, farther ones counting as
/// n. No sequence is longer than `longest`.
Tensor spread(Workspace& workspace, const DistanceBias& bias, std::size_t heads,
              std::size_t longest);

/// Adds to the table's gradient, where it is learned. gradient: items x (2 n + 1), item i that of
/// head i % heads.
void add_gradient(const DistanceBias& bias, std::size_t heads, const Tensor& gradient);

}  // namespace kindred::tensor
