/// The one thread pool: data-parallel loops whose results do not depend on the number of threads.
///
/// The caller of parallel_for works too, so a loop makes progress even when every worker is busy
/// elsewhere, and a loop started from inside a loop runs on the thread that started it. Items are
/// handed out one by one, in order, to whoever is free: which thread runs an item is not defined,
/// so an item may write only what belongs to it (or to its `worker` slot).
///
/// Thread safety: any number of loops at once, from any threads. Cost: a few microseconds a loop,
/// one atomic addition an item.
#pragma once

#include <cstddef>
#include <functional>

namespace kindred::base {

/// Calls body(item, worker) once for each item of [0, count). `worker` is below kindred::threads()
/// as it was when the loop started, and no two calls that run at the same time have the same one:
/// it indexes scratch memory. Returns when all are done. An exception (std::bad_alloc) of a body is
/// rethrown here, once the loop has stopped.
void parallel_for(std::size_t count,
                  const std::function<void(std::size_t item, std::size_t worker)>& body);

}  // namespace kindred::base
