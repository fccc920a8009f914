#include "tensor/norm.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/thread_pool.h"
#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/norm.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// The sum of term(vector of x) over x[0, size): whole vectors first, then what is left, one by
/// one.
template <class D, typename Term>
HWY_INLINE HWY_ATTR float sum(D d, const float* x, std::size_t size, const Term& term) {
  const std::size_t lanes = hn::Lanes(d);
  auto total = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) total = hn::Add(total, term(d, hn::LoadU(d, x + i)));
  float rest = 0;
  const hn::CappedTag<float, 1> one;
  for (; i < size; ++i) rest += hn::GetLane(term(one, hn::LoadU(one, x + i)));
  return hn::GetLane(hn::SumOfLanes(d, total)) + rest;
}

struct Itself {
  template <class D, class V>
  HWY_INLINE HWY_ATTR V operator()(D, V x) const {
    return x;
  }
};

struct SquaredDistance {
  float from;
  template <class D, class V>
  HWY_INLINE HWY_ATTR V operator()(D d, V x) const {
    const V difference = hn::Sub(x, hn::Set(d, from));
    return hn::Mul(difference, difference);
  }
};

/// Calls body(d, i) for i from 0 to size in steps of d's lanes, then one by one.
template <typename Body>
HWY_INLINE HWY_ATTR void for_each_vector(std::size_t size, const Body& body) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> one;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) body(d, i);
  for (; i < size; ++i) body(one, i);
}

struct AddTo {
  float* x;
  const float* residual;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    hn::StoreU(hn::Add(hn::LoadU(d, x + i), hn::LoadU(d, residual + i)), d, x + i);
  }
};

struct Scale {
  float* x;
  const Norm& norm;
  float mean;
  float inverse_deviation;
  template <class D>
  HWY_INLINE HWY_ATTR void operator()(D d, std::size_t i) const {
    const auto centred = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, mean));
    const auto standard = hn::Mul(centred, hn::Set(d, inverse_deviation));
    hn::StoreU(hn::MulAdd(standard, hn::LoadU(d, norm.gain.data() + i),
                          hn::LoadU(d, norm.bias.data() + i)),
               d, x + i);
  }
};

/// residual may be null.
HWY_ATTR void add_norm_row(float* x, const float* residual, std::size_t size, const Norm& norm) {
  const hn::ScalableTag<float> d;
  if (residual != nullptr) for_each_vector(size, AddTo{x, residual});
  const float mean = sum(d, x, size, Itself{}) / static_cast<float>(size);
  const float variance = sum(d, x, size, SquaredDistance{mean}) / static_cast<float>(size);
  for_each_vector(size, Scale{x, norm, mean, 1.0F / std::sqrt(variance + norm.epsilon)});
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(add_norm_row);

namespace {

/// Rows that one item of the loop takes: some microseconds of work.
constexpr std::size_t kBlockRows = 64;

void for_each_row(Tensor& x, const Tensor* residual, const Norm& norm) {
  assert(norm.gain.size() == x.columns() && norm.bias.size() == x.columns());
  const auto add_norm_row = KINDRED_SIMD_DISPATCH(add_norm_row);
  base::parallel_for((x.rows() + kBlockRows - 1) / kBlockRows, [&](std::size_t block, std::size_t) {
    for (std::size_t row = block * kBlockRows; row < std::min(x.rows(), (block + 1) * kBlockRows);
         ++row)
      add_norm_row(x.row(row), residual == nullptr ? nullptr : residual->row(row), x.columns(),
                   norm);
  });
}

}  // namespace

Tensor add_norm(Tensor x, const Tensor& residual, const Norm& norm) {
  assert(residual.rows() == x.rows() && residual.columns() == x.columns());
  for_each_row(x, &residual, norm);
  return x;
}

Tensor normalize_rows(Tensor x, const Norm& norm) {
  for_each_row(x, nullptr, norm);
  return x;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
