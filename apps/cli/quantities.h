/// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace kindred::cli {

/// 1234567 as "1,234,567".
std::string with_thousands(std::uint64_t number);

/// A time to wait, rounded up: "42s", "2m 08s", "3h 10m".
std::string duration(double seconds);

/// A rate: "0.42", "7.5", "1,204".
std::string rate(double a_second);

}  // namespace kindred::cli
