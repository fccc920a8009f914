/// The forms that panel_dot.cpp chooses from, a file for each instruction set. `run` is null where
/// the compiler can't make them for this processor family.
#pragma once

#include "simd/panel_dot.h"

namespace kindred::simd {

PanelDots panel_dots_avx512_vnni();
PanelDots panel_dots_avx2();
PanelDots panel_dots_portable();

}  // namespace kindred::simd
