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

#include "kindred/threads.h"

namespace kindred::base {

/// Calls body(item, worker) once for each item of [0, count), on at most `most_threads` threads.
/// `worker` is below that, and no two calls that run at the same time have the same one: it indexes
/// scratch memory, which the caller sizes by the same number (the setting may change at any time).
/// Returns when all are done. An exception (std::bad_alloc) of a body is rethrown here, once the
/// loop has stopped.
void parallel_for(std::size_t count,
                  const std::function<void(std::size_t item, std::size_t worker)>& body,
                  std::size_t most_threads = threads());

}  // namespace kindred::base
