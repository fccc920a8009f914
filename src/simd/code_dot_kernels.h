/// The forms that code_dot.cpp chooses from, a file for each instruction set. Null where the
/// compiler can't make them for this processor family.
#pragma once

#include "simd/code_dot.h"

namespace kindred::simd {

struct CodeKernels {
  CodeKernel nibble_dots = nullptr;
  CodeKernel byte_dots = nullptr;
  CodeKernel byte_distances = nullptr;
};

CodeKernels code_kernels_avx512_vnni();
CodeKernels code_kernels_avx2();
CodeKernels code_kernels_portable();

}  // namespace kindred::simd
