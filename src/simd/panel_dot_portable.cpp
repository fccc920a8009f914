#include <array>

#include "simd/panel_dot_kernels.h"

namespace kindred::simd {
namespace {

void run(const std::int8_t* queries, std::size_t count, std::size_t groups,
         const std::uint8_t* rows, std::size_t panels, std::int32_t* results) {
  for (std::size_t query = 0; query < count; ++query)
    for (std::size_t panel = 0; panel < panels; ++panel) {
      std::array<std::int32_t, kPanelRows> sums = {};
      const std::int8_t* left = queries + query * groups * kPanelGroup;
      const std::uint8_t* right = rows + panel * groups * kPanelGroup * kPanelRows;
      for (std::size_t group = 0; group < groups; ++group) {
        for (std::size_t row = 0; row < kPanelRows; ++row)
          for (std::size_t i = 0; i < kPanelGroup; ++i)
            sums[row] += left[i] * right[row * kPanelGroup + i];
        left += kPanelGroup;
        right += kPanelGroup * kPanelRows;
      }
      for (std::size_t row = 0; row < kPanelRows; ++row)
        results[(query * panels + panel) * kPanelRows + row] = sums[row];
    }
}

}  // namespace

PanelDots panel_dots_portable() { return {.run = run, .limit = 127}; }

}  // namespace kindred::simd
