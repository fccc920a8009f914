#include "simd/panel_dot.h"

#include <string_view>

#include "simd/dispatch.h"
#include "simd/panel_dot_kernels.h"

namespace kindred::simd {

PanelDots panel_dots() {
  const std::string_view set = instruction_set();
  PanelDots chosen = {};
  if (has_vnni()) {
    chosen = panel_dots_avx512_vnni();
  } else if (set == "avx3_dl" || set == "avx3" || set == "avx2") {
    // AVX-512 without VNNI has nothing to offer here that AVX2 lacks, but for its width.
    chosen = panel_dots_avx2();
  }
  return chosen.run == nullptr ? panel_dots_portable() : chosen;
}

}  // namespace kindred::simd
