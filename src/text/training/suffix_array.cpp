#include "text/training/suffix_array.h"

#include <algorithm>

namespace kindred::text {
namespace {

using Index = std::int32_t;
constexpr Index kEmpty = -1;

/// One level of the recursion: a text over symbols 0 to `alphabet` - 1.
class InducedSort {
 public:
  InducedSort(std::span<const std::uint32_t> symbols, std::uint32_t alphabet)
      : symbols_(symbols),
        alphabet_(alphabet),
        size_(static_cast<Index>(symbols.size())),
        smaller_(symbols.size()) {
    // A suffix is "smaller" if the one behind it is larger. The end of the text is smaller than
    // any symbol, so the last suffix is larger than what follows it.
    for (Index i = size_ - 1; i-- > 0;)
      smaller_[at(i)] =
          symbol(i) < symbol(i + 1) || (symbol(i) == symbol(i + 1) && smaller_[at(i + 1)]);
  }

  std::vector<Index> run() {
    std::vector<Index> minima;
    for (Index i = 1; i < size_; ++i)
      if (is_minimum(i)) minima.push_back(i);
    // Sorts the stretches between minima, in any order where they are equal.
    std::vector<Index> suffixes = induce(minima);
    const std::vector<Index> sorted = names_and_order(minima, suffixes);
    return induce(sorted);
  }

 private:
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }
  std::uint32_t symbol(Index i) const { return symbols_[at(i)]; }
  /// A smaller suffix behind a larger one.
  bool is_minimum(Index i) const { return i > 0 && smaller_[at(i)] && !smaller_[at(i - 1)]; }

  /// Where the suffixes of each first symbol begin, or end.
  std::vector<Index> buckets(bool ends) const {
    std::vector<Index> places(alphabet_ + 1);
    for (const std::uint32_t symbol : symbols_) ++places[symbol + 1];
    for (std::size_t i = 1; i < places.size(); ++i) places[i] += places[i - 1];
    if (ends) places.erase(places.begin());
    return places;
  }

  /// All suffixes, sorted as far as the order of the minima that are given is right.
  std::vector<Index> induce(std::span<const Index> minima) const {
    std::vector<Index> suffixes(symbols_.size(), kEmpty);
    std::vector<Index> ends = buckets(true);
    for (std::size_t i = minima.size(); i-- > 0;)
      suffixes[at(--ends[symbol(minima[i])])] = minima[i];
    // Larger ones from the left: each puts the one before it behind those that are there.
    std::vector<Index> begins = buckets(false);
    const auto put_before = [&](Index suffix) {
      if (suffix > 0 && !smaller_[at(suffix - 1)])
        suffixes[at(begins[symbol(suffix - 1)]++)] = suffix - 1;
    };
    if (size_ > 0) put_before(size_);  // the empty suffix is the first of all
    for (std::size_t i = 0; i < suffixes.size(); ++i)
      if (suffixes[i] != kEmpty) put_before(suffixes[i]);
    // Smaller ones from the right; the minima are put anew.
    ends = buckets(true);
    for (std::size_t i = suffixes.size(); i-- > 0;) {
      const Index suffix = suffixes[i];
      if (suffix > 0 && smaller_[at(suffix - 1)])
        suffixes[at(--ends[symbol(suffix - 1)])] = suffix - 1;
    }
    return suffixes;
  }

  /// Whether the stretches from two minima to the next ones are the same.
  bool same_stretch(Index a, Index b) const {
    for (Index i = 0;; ++i) {
      if (a + i == size_ || b + i == size_) return false;
      if (symbol(a + i) != symbol(b + i) || smaller_[at(a + i)] != smaller_[at(b + i)])
        return false;
      const bool end_of_a = i > 0 && is_minimum(a + i);
      const bool end_of_b = i > 0 && is_minimum(b + i);
      if (end_of_a || end_of_b) return end_of_a && end_of_b;
    }
  }

  /// The minima in the order of their suffixes: stretches get names by their order, and the text of
  /// names is sorted.
  std::vector<Index> names_and_order(const std::vector<Index>& minima,
                                     const std::vector<Index>& suffixes) const {
    std::vector<std::uint32_t> name_at(symbols_.size());
    std::uint32_t names = 0;
    Index previous = kEmpty;
    for (const Index suffix : suffixes) {
      if (suffix == kEmpty || !is_minimum(suffix)) continue;
      if (previous != kEmpty && !same_stretch(previous, suffix)) ++names;
      name_at[at(suffix)] = names;
      previous = suffix;
    }
    std::vector<std::uint32_t> named;
    named.reserve(minima.size());
    for (const Index minimum : minima) named.push_back(name_at[at(minimum)]);
    std::vector<Index> order(minima.size());
    if (minima.empty()) return order;
    if (names + 1 == minima.size()) {
      for (std::size_t i = 0; i < minima.size(); ++i) order[named[i]] = static_cast<Index>(i);
    } else {
      order = InducedSort(named, names + 1).run();
    }
    for (Index& place : order) place = minima[at(place)];
    return order;
  }

  std::span<const std::uint32_t> symbols_;
  std::uint32_t alphabet_;
  Index size_;
  std::vector<bool> smaller_;
};

}  // namespace

std::vector<std::int32_t> suffix_array(std::span<const std::uint32_t> symbols,
                                       std::uint32_t alphabet) {
  return InducedSort(symbols, alphabet).run();
}

std::vector<std::int32_t> common_prefixes(std::span<const std::uint32_t> symbols,
                                          std::span<const std::int32_t> suffixes) {
  const std::size_t size = symbols.size();
  std::vector<std::int32_t> place(size);
  for (std::size_t i = 0; i < size; ++i)
    place[static_cast<std::size_t>(suffixes[i])] = static_cast<std::int32_t>(i);
  std::vector<std::int32_t> common(size);
  std::size_t length = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto at = static_cast<std::size_t>(place[i]);
    if (at == 0) {
      length = 0;
      continue;
    }
    const auto other = static_cast<std::size_t>(suffixes[at - 1]);
    while (i + length < size && other + length < size &&
           symbols[i + length] == symbols[other + length])
      ++length;
    common[at] = static_cast<std::int32_t>(length);
    // The next suffix has at most one symbol less in common with its neighbour.
    if (length > 0) --length;
  }
  return common;
}

void repeated_substrings(
    std::span<const std::int32_t> suffixes, std::span<const std::int32_t> common,
    const std::function<void(std::size_t begin, std::size_t size, std::size_t count)>& each) {
  // Intervals of suffixes with a common beginning, the longer inside the shorter.
  struct Interval {
    std::size_t first;
    std::int32_t size;
  };
  std::vector<Interval> open;
  for (std::size_t i = 1; i <= suffixes.size(); ++i) {
    const std::int32_t size = i < suffixes.size() ? common[i] : 0;
    std::size_t first = i - 1;
    while (!open.empty() && open.back().size > size) {
      first = open.back().first;
      each(static_cast<std::size_t>(suffixes[first]), static_cast<std::size_t>(open.back().size),
           i - first);
      open.pop_back();
    }
    if (size > 0 && (open.empty() || open.back().size < size)) open.push_back({first, size});
  }
}

}  // namespace kindred::text
