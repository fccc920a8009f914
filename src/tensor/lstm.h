/// A long short-term memory whose output is projected (Sak et al. 2014, arXiv:1402.1128, section
/// 2.1), as ELMo has it.
///
/// At each row of a sequence, from the row x and what it said before, h and c (zero at first):
///
///     i, f, o = sigmoid of their parts of W x + U h + b,    m = tanh of its part
///     c = clip(f c + i m),    h = clip(P (o tanh(c)))
///
/// A row's bits depend on its own sequence alone. Without gradients.
#pragma once

#include <cstddef>

#include "tensor/linear.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

struct Lstm {
  /// W and U (with b): outputs are i, f and o side by side, `cells` each.
  Linear gates_of_input;
  Linear gates_of_state;
  /// Of m.
  Linear memory_of_input;
  Linear memory_of_state;
  Linear projection;       ///< P
  float cell_limit = 0;    ///< c is clipped to [-limit, limit]; 0: it isn't
  float state_limit = 0;   ///< and h
  bool backwards = false;  ///< from a sequence's last row to its first

  std::size_t cells() const { return memory_of_input.outputs(); }
};

/// x: rows x inputs. Result: rows x outputs of the projection. Scratch memory: the gates of all
/// rows. Sequences take their steps side by side.
Tensor lstm(Workspace& workspace, const Tensor& x, Sequences sequences, const Lstm& how);

}  // namespace kindred::tensor
