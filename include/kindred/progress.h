/// How long work tells its caller how far it is. The library never prints: a program draws the bar.
#pragma once

#include <cstdint>
#include <functional>

namespace kindred {

struct ProgressReport {
  std::uint64_t done = 0;   ///< units finished; never decreases within one call
  std::uint64_t total = 0;  ///< units in all, 0 where not known yet
};

/// Called now and then, by one thread at a time. Return false to ask the work to stop: it then
/// fails with ErrorCode::cancelled and leaves what was finished in order. An empty function reports
/// nothing.
using Progress = std::function<bool(const ProgressReport&)>;

}  // namespace kindred
