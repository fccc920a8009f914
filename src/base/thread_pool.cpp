#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "kindred/threads.h"

namespace kindred {
namespace base {
namespace {

/// One parallel_for in progress: shared by its caller and the workers that joined it.
struct Loop {
  std::size_t count;
  std::size_t slots;  // worker numbers given out are below this
  const std::function<void(std::size_t, std::size_t)>* body;
  std::atomic<std::size_t> next{0};
  std::size_t joined = 1;   // worker numbers given out; guarded by Pool::mutex_
  std::size_t running = 0;  // pool threads inside; guarded by Pool::mutex_
  std::condition_variable finished;
  std::mutex failure_mutex;
  std::exception_ptr failure;

  void work(std::size_t worker) {
    try {
      for (std::size_t item; (item = next.fetch_add(1, std::memory_order_relaxed)) < count;)
        (*body)(item, worker);
    } catch (...) {
      next.store(count, std::memory_order_relaxed);
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  }
  bool has_items() const { return next.load(std::memory_order_relaxed) < count; }
};

thread_local bool inside_loop = false;

class Pool {
 public:
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
  }

  void run(Loop& loop) {
    {
      const std::lock_guard lock(mutex_);
      loops_.push_back(&loop);
      try {
        while (threads_.size() + 1 < loop.slots) threads_.emplace_back([this] { serve(); });
      } catch (const std::system_error&) {
        // The system has no more threads to give: those that we have do the work.
      } catch (const std::bad_alloc&) {
      }
    }
    for (std::size_t i = 1; i < std::min(loop.slots, loop.count); ++i) wake_.notify_one();
    inside_loop = true;
    loop.work(0);
    inside_loop = false;
    std::unique_lock lock(mutex_);
    std::erase(loops_, &loop);
    loop.finished.wait(lock, [&] { return loop.running == 0; });
  }

 private:
  void serve() {
    inside_loop = true;
    std::unique_lock lock(mutex_);
    for (;;) {
      Loop* loop = nullptr;
      wake_.wait(lock, [&] { return stopping_ || (loop = joinable()) != nullptr; });
      if (stopping_) return;
      const std::size_t worker = loop->joined++;
      ++loop->running;
      lock.unlock();
      loop->work(worker);
      lock.lock();
      if (--loop->running == 0) loop->finished.notify_all();
    }
  }

  Loop* joinable() {
    for (Loop* loop : loops_)
      if (loop->joined < loop->slots && loop->has_items()) return loop;
    return nullptr;
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Loop*> loops_;  // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
  std::vector<std::jthread> threads_;
};

Pool& pool() {
  static Pool instance;
  return instance;
}

std::atomic<std::size_t> requested_threads{0};

constexpr std::size_t kMaximumThreads = 1024;

}  // namespace

void parallel_for(std::size_t count, const std::function<void(std::size_t, std::size_t)>& body,
                  std::size_t most_threads) {
  const std::size_t slots = std::min(most_threads, count);
  if (inside_loop || slots <= 1) {
    for (std::size_t item = 0; item < count; ++item) body(item, 0);
    return;
  }
  Loop loop{.count = count, .slots = slots, .body = &body};
  pool().run(loop);
  if (loop.failure) std::rethrow_exception(loop.failure);
}

}  // namespace base

void set_threads(std::size_t count) {
  base::requested_threads.store(std::min(count, base::kMaximumThreads));
}

std::size_t threads() {
  const std::size_t requested = base::requested_threads.load();
  if (requested != 0) return requested;
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) == 0)
    return std::max(1, CPU_COUNT(&processors));
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace kindred
