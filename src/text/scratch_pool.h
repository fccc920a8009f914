/// The scratches of a pipeline: as many as ever worked at the same time, each kept for the next
/// texts, with what it remembers.
///
/// Thread safety: all of it. Cost: a lock to take one and to give it back.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "text/pipeline.h"

namespace kindred::text {

class ScratchPool {
 public:
  /// `pipeline` must outlive this.
  explicit ScratchPool(const Pipeline& pipeline) : pipeline_(pipeline) {}

  /// A scratch that goes back into the pool by itself.
  class Lease {
   public:
    Lease(ScratchPool& pool, std::unique_ptr<Pipeline::Scratch> scratch)
        : pool_(pool), scratch_(std::move(scratch)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
      const std::scoped_lock lock(pool_.mutex_);
      pool_.free_.push_back(std::move(scratch_));
    }
    Pipeline::Scratch& operator*() const { return *scratch_; }

   private:
    ScratchPool& pool_;
    std::unique_ptr<Pipeline::Scratch> scratch_;
  };

  Lease take() {
    std::unique_ptr<Pipeline::Scratch> scratch;
    if (const std::scoped_lock lock(mutex_); !free_.empty()) {
      scratch = std::move(free_.back());
      free_.pop_back();
    }
    if (!scratch) scratch = pipeline_.make_scratch();
    return {*this, std::move(scratch)};
  }

 private:
  const Pipeline& pipeline_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Pipeline::Scratch>> free_;
};

}  // namespace kindred::text
