#include "simd/code_dot.h"

#include <string_view>

#include "simd/code_dot_kernels.h"
#include "simd/dispatch.h"

namespace kindred::simd {
namespace {

CodeKernels in_force() {
  const std::string_view set = instruction_set();
  CodeKernels kernels;
  if (has_vnni())
    kernels = code_kernels_avx512_vnni();
  else if (set == "avx3_dl" || set == "avx3" || set == "avx2")
    // AVX-512 without VNNI has nothing to offer here that AVX2 lacks, but for its width.
    kernels = code_kernels_avx2();
  return kernels.nibble_dots == nullptr ? code_kernels_portable() : kernels;
}

}  // namespace

CodeKernel nibble_dots() { return in_force().nibble_dots; }
CodeKernel byte_dots() { return in_force().byte_dots; }
CodeKernel byte_distances() { return in_force().byte_distances; }

}  // namespace kindred::simd
