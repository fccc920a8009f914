#include "tensor/gate.h"

#include <cassert>
#include <utility>

#include "base/thread_pool.h"
#include "simd/dispatch.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/gate.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/functions-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class Function>
struct Gate {
  const float* gates;
  const float* values;
  float* out;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto share = Function::value(d, hn::LoadU(d, gates + i));
    hn::StoreU(hn::Mul(share, hn::LoadU(d, values + i)), d, out + i);
  }
};

template <class Function>
struct GateGradient {
  const float* gates;
  const float* values;
  const float* gradient;
  float* gates_out;
  float* values_out;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto gate = hn::LoadU(d, gates + i);
    const auto above = hn::LoadU(d, gradient + i);
    const auto through = hn::Mul(above, hn::LoadU(d, values + i));
    hn::StoreU(hn::Mul(Function::slope(d, gate), through), d, gates_out + i);
    hn::StoreU(hn::Mul(Function::value(d, gate), above), d, values_out + i);
  }
};

/// gates and values: where the halves begin in a row.
HWY_ATTR void gate_row(Activation activation, const float* x, std::size_t gates, std::size_t values,
                       std::size_t size, float* out) {
  with_activation(activation, [&]<class Function>(Function) HWY_ATTR {
    for_each_vector(size, Gate<Function>{x + gates, x + values, out});
  });
}

HWY_ATTR void gate_gradient_row(Activation activation, const float* x, std::size_t gates,
                                std::size_t values, const float* gradient, std::size_t size,
                                float* out) {
  with_activation(activation, [&]<class Function>(Function) HWY_ATTR {
    for_each_vector(
        size, GateGradient<Function>{x + gates, x + values, gradient, out + gates, out + values});
  });
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(gate_row);
HWY_EXPORT(gate_gradient_row);

Tensor gate(Workspace& workspace, const Tensor& x, Activation activation, GateHalf half) {
  assert(x.columns() % 2 == 0);
  const std::size_t size = x.columns() / 2;
  const std::size_t gates = half == GateHalf::first ? 0 : size;
  const std::size_t values = size - gates;
  Tensor out = workspace.tensor(x.rows(), size);
  const auto gate_row = KINDRED_SIMD_DISPATCH(gate_row);
  base::parallel_for(x.rows(), [&](std::size_t row, std::size_t) {
    gate_row(activation, x.row(row), gates, values, size, out.row(row));
  });
  if (Tape* tape = workspace.recording())
    tape->record(out, [&workspace, tape, activation, gates, values, size,
                       input = tape->remember(x)](const Tensor& gradient) {
      Tensor share = workspace.tensor(input.rows, input.columns);
      const auto gate_gradient_row = KINDRED_SIMD_DISPATCH(gate_gradient_row);
      base::parallel_for(input.rows, [&](std::size_t row, std::size_t) {
        gate_gradient_row(activation, input.row(row), gates, values, gradient.row(row), size,
                          share.row(row));
      });
      tape->add(input, std::move(share));
    });
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
