// Loops over vectors of values, powers of two, and activations with their slopes. Included once for
// each instruction set.
#include <hwy/highway.h>

#include <cstddef>

#include "tensor/activation.h"

#if defined(KINDRED_TENSOR_FUNCTIONS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KINDRED_TENSOR_FUNCTIONS_INL_H
#undef KINDRED_TENSOR_FUNCTIONS_INL_H
#else
#define KINDRED_TENSOR_FUNCTIONS_INL_H
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Calls body(d, i) for i from 0 to size in steps of d's lanes, then one by one.
template <typename Body>
HWY_INLINE HWY_ATTR void for_each_vector(std::size_t size, const Body& body) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> one;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) body(d, i);
  for (; i < size; ++i) body(one, i);
}

/// c0 + c1 x + c2 x^2 + ..., by Horner's rule.
template <class D, class V = hn::Vec<D>>
HWY_INLINE HWY_ATTR V polynomial(D d, V, float last) {
  return hn::Set(d, last);
}
template <class D, class V = hn::Vec<D>, typename... Rest>
HWY_INLINE HWY_ATTR V polynomial(D d, V x, float first, Rest... rest) {
  return hn::MulAdd(polynomial(d, x, rest...), x, hn::Set(d, first));
}

/// 2^x for x <= 0, relative error below 3e-7; where x < -126 it is 2^-126. x = n + f with |f| <=
/// 1/2, 2^f by its minimax polynomial of degree 5, 2^n through the exponent bits.
template <class D, class V = hn::Vec<D>>
HWY_INLINE HWY_ATTR V exp2_of_negative(D d, V x) {
  const hn::RebindToSigned<D> di;
  x = hn::Max(x, hn::Set(d, -126.0F));
  const V n = hn::Round(x);
  const V f = hn::Sub(x, n);
  const V power = polynomial(d, f, 1.00000012F, 0.693146944F, 0.240221202F, 5.55071346e-2F,
                             9.67554189e-3F, 1.32764690e-3F);
  const auto exponent = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, n), hn::Set(di, 127)));
  return hn::Mul(power, hn::BitCast(d, exponent));
}

/// erf(x / sqrt 2). erf(z) = z P(z^2) / Q(z^2) on [-4, 4], beyond which it is 1 in float32: a
/// rational least-squares fit, iteratively reweighted towards equal ripples. Absolute error below
/// 5e-7 as computed (2e-8 before rounding).
template <class D, class V = hn::Vec<D>>
HWY_INLINE HWY_ATTR V erf_of_deviations(D d, V x) {
  const V limit = hn::Set(d, 4.0F);
  const V z = hn::Clamp(hn::Mul(x, hn::Set(d, 0.70710678F)), hn::Neg(limit), limit);
  const V square = hn::Mul(z, z);
  const V p = polynomial(d, square, 1.12837899F, 0.196248278F, 5.34673817e-2F, 4.00361465e-3F,
                         2.88040465e-4F, 1.97483223e-6F);
  const V q = polynomial(d, square, 1.0F, 0.50725168F, 0.116476133F, 1.54443607e-2F, 1.21635187e-3F,
                         3.74808308e-5F);
  return hn::Div(hn::Mul(z, p), q);
}

// The functions between layers: what each gives, and its slope.

struct None {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V value(D, V x) {
    return x;
  }
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V slope(D d, V) {
    return hn::Set(d, 1.0F);
  }
};

/// gelu(x) = x (1 + erf(x / sqrt 2)) / 2 (Hendrycks and Gimpel 2016, arXiv:1606.08415), the exact
/// form.
struct Gelu {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V value(D d, V x) {
    const V half = hn::Mul(x, hn::Set(d, 0.5F));
    return hn::MulAdd(half, erf_of_deviations(d, x), half);
  }
  /// (1 + erf(x / sqrt 2)) / 2 + x e^(-x^2 / 2) / sqrt(2 pi).
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V slope(D d, V x) {
    const V half = hn::Set(d, 0.5F);
    const V below = hn::MulAdd(half, erf_of_deviations(d, x), half);
    // e^(-x^2 / 2) = 2^(-x^2 log2(e) / 2), which is nothing long before x^2 could overflow.
    x = hn::Clamp(x, hn::Set(d, -1e3F), hn::Set(d, 1e3F));
    const V power = exp2_of_negative(d, hn::Mul(hn::Mul(x, x), hn::Set(d, -0.72134752F)));
    return hn::MulAdd(x, hn::Mul(power, hn::Set(d, 0.39894228F)), below);
  }
};

/// 1 / (1 + 2^-x) for |x| below 10^4.
template <class D, class V = hn::Vec<D>>
HWY_INLINE HWY_ATTR V logistic_of_powers(D d, V x) {
  // The power of -|x|, so that it is at most 1.
  const V power = exp2_of_negative(d, hn::Neg(hn::Abs(x)));
  const V one = hn::Set(d, 1.0F);
  const V large = hn::Div(one, hn::Add(one, power));
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(power, large), large);
}

/// x / (1 + e^(-2 u)) with u = sqrt(2 / pi) (x + 0.044715 x^3), which is x (1 + tanh u) / 2.
struct GeluTanh {
  /// 1 / (1 + e^(-2 u)).
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V share(D d, V x) {
    // Beyond 10 it is 0 or 1 in float32.
    x = hn::Clamp(x, hn::Set(d, -10.0F), hn::Set(d, 10.0F));
    const V cubic = hn::MulAdd(hn::Mul(hn::Mul(x, x), x), hn::Set(d, 0.044715F), x);
    return logistic_of_powers(d, hn::Mul(cubic, hn::Set(d, 2.30220819F)));  // 2 u log2 e
  }
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V value(D d, V x) {
    return hn::Mul(x, share(d, x));
  }
  /// s + 2 x s (1 - s) du/dx with s = 1 / (1 + e^(-2 u)).
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V slope(D d, V x) {
    const V s = share(d, x);
    x = hn::Clamp(x, hn::Set(d, -10.0F), hn::Set(d, 10.0F));
    const V steepness = hn::MulAdd(hn::Mul(x, x), hn::Set(d, 0.21406792F), hn::Set(d, 1.59576912F));
    return hn::MulAdd(hn::Mul(x, steepness), hn::Mul(s, hn::Sub(hn::Set(d, 1.0F), s)), s);
  }
};

struct Relu {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V value(D d, V x) {
    return hn::Max(x, hn::Zero(d));
  }
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V slope(D d, V x) {
    return hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), hn::Set(d, 1.0F));
  }
};

struct Sigmoid {
  /// Beyond 100 it is 0 or 1 in float32.
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V value(D d, V x) {
    x = hn::Clamp(x, hn::Set(d, -100.0F), hn::Set(d, 100.0F));
    return logistic_of_powers(d, hn::Mul(x, hn::Set(d, 1.44269504F)));
  }
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V slope(D d, V x) {
    const V s = value(d, x);
    return hn::Mul(s, hn::Sub(hn::Set(d, 1.0F), s));
  }
};

/// tanh x = 2 / (1 + e^(-2 x)) - 1. Absolute error below 3e-7.
struct Tanh {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V value(D d, V x) {
    const V s = Sigmoid::value(d, hn::Add(x, x));
    return hn::MulSub(s, hn::Set(d, 2.0F), hn::Set(d, 1.0F));
  }
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V slope(D d, V x) {
    const V y = value(d, x);
    return hn::NegMulAdd(y, y, hn::Set(d, 1.0F));
  }
};

struct Silu {
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V value(D d, V x) {
    return hn::Mul(x, Sigmoid::value(d, x));
  }
  /// s + x s (1 - s) with s = 1 / (1 + e^-x).
  template <class D, class V>
  static HWY_INLINE HWY_ATTR V slope(D d, V x) {
    const V s = Sigmoid::value(d, x);
    x = hn::Clamp(x, hn::Set(d, -100.0F), hn::Set(d, 100.0F));
    return hn::MulAdd(hn::Mul(x, s), hn::Sub(hn::Set(d, 1.0F), s), s);
  }
};

/// Calls body(function) with the struct of an activation: the choice is made outside of the loop.
template <typename Body>
HWY_INLINE HWY_ATTR void with_activation(Activation activation, const Body& body) {
  switch (activation) {
    case Activation::none:
      return body(None());
    case Activation::gelu:
      return body(Gelu());
    case Activation::gelu_tanh:
      return body(GeluTanh());
    case Activation::relu:
      return body(Relu());
    case Activation::tanh:
      return body(Tanh());
    case Activation::sigmoid:
      return body(Sigmoid());
    case Activation::silu:
      return body(Silu());
  }
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
