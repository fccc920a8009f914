#include "tensor/attention.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "simd/dispatch.h"
#include "tensor/attention_gradient.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/attention.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/attention-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

std::size_t scratch_size(std::size_t length, std::size_t width) {
  return head_scratch_size(length, width);
}

/// Adds the values of distances, where there are any.
struct AddDistances {
  float scale;
  const float* bias;  // 2 reach + 1 values; nullptr: none
  std::size_t reach;

  HWY_INLINE HWY_ATTR void begin(std::size_t /*first*/, std::size_t /*rows*/) const {}
  HWY_INLINE HWY_ATTR float scores(std::size_t /*row*/, std::size_t query, Keys keys,
                                   float* products) const {
    if (bias == nullptr) return scale;
    add_bias(products, query, keys, scale, bias, reach);
    return 1;
  }
};

HWY_ATTR void attend(const Head& head, const float* bias, std::size_t reach, float* scratch) {
  attend_head(head, scratch, AddDistances{head.scale, bias, reach});
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(scratch_size);
HWY_EXPORT(attend);

Tensor attention(Workspace& workspace, const Tensor& qkv, Sequences sequences, const Attention& how,
                 Attended attended) {
  const auto [heads, width] = std::pair(how.heads, how.width);
  const std::size_t hidden = heads * width;
  assert(qkv.columns() == how.columns() && sequences.back() == qkv.rows());
  assert(attended.empty() ||
         (attended.size() + 1 == sequences.size() && workspace.recording() == nullptr));
  Tensor out = workspace.tensor(qkv.rows(), hidden);

  const std::size_t longest = longest_of(sequences);
  const std::size_t scratch_floats =
      (KINDRED_SIMD_DISPATCH(scratch_size)(longest, width) + 15) / 16 * 16;
  const std::size_t most_threads = threads();
  Tensor scratch = workspace.tensor(most_threads, scratch_floats);

  Tensor biases;
  if (how.bias) biases = spread(workspace, *how.bias, heads, longest);
  const float scale = how.scale.value_or(1.0F / std::sqrt(static_cast<float>(width)));
  const auto attend = KINDRED_SIMD_DISPATCH(attend);
  const auto attend_item = [&](std::size_t item, std::size_t worker) {
    const std::size_t first = sequences[item / heads];
    const std::size_t length = sequences[item / heads + 1] - first;
    const std::size_t head = item % heads;
    const std::size_t key_head = head / (heads / how.groups());
    attend(Head{.query = qkv.row(first) + head * width,
                .key = qkv.row(first) + hidden + key_head * width,
                .value = qkv.row(first) + hidden + (how.groups() + key_head) * width,
                .out = out.row(first) + head * width,
                .length = length,
                .keys = attended.empty() ? length : attended[item / heads],
                .width = width,
                .stride = qkv.columns(),
                .out_stride = hidden,
                .scale = scale,
                .window = {.behind = how.behind, .ahead = how.ahead}},
           how.bias ? biases.row(head) : nullptr, biases.columns() / 2, scratch.row(worker));
  };
  base::parallel_for((sequences.size() - 1) * heads, attend_item, most_threads);

  if (Tape* tape = workspace.recording())
    tape->record(
        out, [&workspace, tape, &how, input = tape->remember(qkv),
              starts = std::vector(sequences.begin(), sequences.end())](const Tensor& gradient) {
          tape->add(input, attention_gradient(workspace, input, starts, how, gradient));
        });
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
