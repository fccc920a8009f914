#include "tensor/activation.h"

#include <algorithm>
#include <utility>

#include "base/thread_pool.h"
#include "simd/dispatch.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/activation.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/functions-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class Function>
struct Apply {
  const float* x;
  float* out;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    hn::StoreU(Function::value(d, hn::LoadU(d, x + i)), d, out + i);
  }
};

template <class Function>
struct ApplyGradient {
  const float* x;
  const float* gradient;
  float* out;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto slope = Function::slope(d, hn::LoadU(d, x + i));
    hn::StoreU(hn::Mul(slope, hn::LoadU(d, gradient + i)), d, out + i);
  }
};

/// out[i] = activation(x[i]).
HWY_ATTR void activate_values(Activation activation, const float* x, std::size_t size, float* out) {
  with_activation(activation, [&]<class Function>(Function)
                                  HWY_ATTR { for_each_vector(size, Apply<Function>{x, out}); });
}

/// out[i] = activation'(x[i]) gradient[i].
HWY_ATTR void activation_gradient(Activation activation, const float* x, const float* gradient,
                                  std::size_t size, float* out) {
  with_activation(activation, [&]<class Function>(Function) HWY_ATTR {
    for_each_vector(size, ApplyGradient<Function>{x, gradient, out});
  });
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(activate_values);
HWY_EXPORT(activation_gradient);

namespace {

/// Calls body(first, count) for pieces of [0, size), some microseconds of work each.
template <typename Body>
void for_each_piece(std::size_t size, const Body& body) {
  constexpr std::size_t kPiece = 1 << 14;
  base::parallel_for((size + kPiece - 1) / kPiece, [&](std::size_t piece, std::size_t) {
    body(piece * kPiece, std::min(kPiece, size - piece * kPiece));
  });
}

}  // namespace

Tensor activate(Workspace& workspace, const Tensor& x, Activation activation) {
  Tensor out = workspace.tensor(x.rows(), x.columns());
  const auto activate_values = KINDRED_SIMD_DISPATCH(activate_values);
  for_each_piece(x.values().size(), [&](std::size_t first, std::size_t count) {
    activate_values(activation, x.data() + first, count, out.data() + first);
  });
  if (Tape* tape = workspace.recording())
    tape->record(
        out, [&workspace, tape, activation, input = tape->remember(x)](const Tensor& gradient) {
          Tensor share = workspace.tensor(input.rows, input.columns);
          const auto activation_gradient = KINDRED_SIMD_DISPATCH(activation_gradient);
          for_each_piece(gradient.values().size(), [&](std::size_t first, std::size_t count) {
            activation_gradient(activation, input.values + first, gradient.data() + first, count,
                                share.data() + first);
          });
          tape->add(input, std::move(share));
        });
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
