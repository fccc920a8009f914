#include "quantities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace kindred::cli {

std::string with_thousands(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  return digits;
}

std::string duration(double seconds) {
  constexpr double kLongest = 999 * 3600.0;
  const auto whole = static_cast<std::uint64_t>(std::min(std::ceil(seconds), kLongest));
  if (whole >= 3600) return fmt::format("{}h {:02}m", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  return fmt::format("{}s", whole);
}

std::string rate(double a_second) {
  if (a_second < 1) return fmt::format("{:.2f}", a_second);
  if (a_second < 10) return fmt::format("{:.1f}", a_second);
  return with_thousands(static_cast<std::uint64_t>(std::llround(a_second)));
}

}  // namespace kindred::cli
