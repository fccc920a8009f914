/// The sets of passing nodes of the filters that were used last, for as long as the index does not
/// change.
///
/// A filter is told from others by its serial number, a state of the index by a count of its
/// changes. A filter that is used for the first time is only noted, if its set costs more than its
/// use: many filters are for one query.
///
/// Thread safety: all of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "index/passing.h"

namespace kindred::index {

class PassingCache {
 public:
  /// What is known of a filter: its set in this state of the index, where it is kept; and whether
  /// it was used before.
  struct Known {
    std::shared_ptr<const Passing> passing;
    bool seen = false;
  };

  /// Notes the use.
  Known find(std::uint64_t filter, std::uint64_t state) {
    const std::lock_guard lock(mutex_);
    ++uses_;
    for (Entry& entry : entries_) {
      if (entry.filter != filter) continue;
      entry.used = uses_;
      if (entry.state != state) entry.passing.reset();
      return {.passing = entry.passing, .seen = true};
    }
    oldest() = {.filter = filter, .used = uses_, .state = state, .passing = nullptr};
    return {};
  }

  void keep(std::uint64_t filter, std::uint64_t state, std::shared_ptr<const Passing> passing) {
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_)
      if (entry.filter == filter) {
        entry.state = state;
        entry.passing = std::move(passing);
        return;
      }
  }

 private:
  struct Entry {
    std::uint64_t filter = 0;  ///< no filter has this number
    std::uint64_t used = 0;
    std::uint64_t state = 0;
    std::shared_ptr<const Passing> passing;
  };

  Entry& oldest() {
    std::size_t found = 0;
    for (std::size_t i = 1; i < entries_.size(); ++i)
      if (entries_[i].used < entries_[found].used) found = i;
    return entries_[found];
  }

  std::mutex mutex_;
  std::uint64_t uses_ = 0;
  std::array<Entry, 8> entries_;
};

}  // namespace kindred::index
