#include "tensor/tensor.h"

#include <algorithm>
#include <numeric>

#include "tensor/tape.h"

namespace kindred::tensor {

std::size_t longest_of(Sequences sequences) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i + 1 < sequences.size(); ++i)
    longest = std::max(longest, sequences[i + 1] - sequences[i]);
  return longest;
}

std::vector<std::uint32_t> places_of(Sequences sequences) {
  std::vector<std::uint32_t> places(sequences.back());
  for (std::size_t i = 0; i + 1 < sequences.size(); ++i)
    std::iota(places.data() + sequences[i], places.data() + sequences[i + 1], 0U);
  return places;
}

Tensor Workspace::tensor(std::size_t rows, std::size_t columns) {
  const std::size_t size = rows * columns;
  Tensor tensor;
  // The smallest that is large enough, else the largest, which is then replaced: the number of
  // arrays stays that of the tensors alive at once.
  auto best = free_.end();
  for (auto candidate = free_.begin(); candidate != free_.end(); ++candidate) {
    const bool fits = candidate->size() >= size;
    const bool best_fits = best != free_.end() && best->size() >= size;
    if (best == free_.end() || (fits && (!best_fits || candidate->size() < best->size())) ||
        (!fits && !best_fits && candidate->size() > best->size()))
      best = candidate;
  }
  if (best != free_.end()) {
    tensor.values_ = std::move(*best);
    free_.erase(best);
  }
  tensor.values_.reserve_discarding(size);
  tensor.workspace_ = this;
  tensor.rows_ = rows;
  tensor.columns_ = columns;
  return tensor;
}

Tensor::~Tensor() {
  if (workspace_ == nullptr) return;
  const bool kept = remembered_ && workspace_->tape_ != nullptr;
  (kept ? workspace_->tape_->kept_ : workspace_->free_).push_back(std::move(values_));
}

}  // namespace kindred::tensor
