/// The one setting of Kindred's one thread pool.
///
/// Results never depend on it: the same input gives the same bytes at any thread count.
#pragma once

#include <cstddef>

namespace kindred {

/// How many threads, the caller's included, work on one call. 0 (the default) is one for each
/// processor that this process may run on; above 1024 counts as 1024. Takes effect with the next
/// call; safe from any thread.
void set_threads(std::size_t count);

/// The number in force, never 0.
std::size_t threads();

}  // namespace kindred
