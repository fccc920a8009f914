#include "words/negative_sampler.h"

#include <algorithm>
#include <cmath>

namespace kindred::words {

NegativeSampler::NegativeSampler(std::span<const std::uint64_t> counts, double power)
    : places_(counts.size()) {
  // Vose's construction: places with too little are filled up by those with too much.
  std::vector<double> shares(places_.size());
  double sum = 0;
  for (std::size_t id = 0; id < shares.size(); ++id)
    sum += shares[id] = std::pow(static_cast<double>(counts[id]), power);
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t id = 0; id < shares.size(); ++id) {
    shares[id] *= static_cast<double>(shares.size()) / sum;
    places_[id].other = id;
    (shares[id] < 1 ? small : large).push_back(id);
  }
  while (!small.empty() && !large.empty()) {
    const std::uint32_t poor = small.back();
    const std::uint32_t rich = large.back();
    small.pop_back();
    places_[poor] = {static_cast<std::uint32_t>(shares[poor] * 0x1p32), rich};
    shares[rich] -= 1 - shares[poor];
    if (shares[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
}

double NegativeSampler::share(std::size_t id) const {
  double share = 0;
  for (std::size_t place = 0; place < places_.size(); ++place) {
    const double keep = places_[place].keep * 0x1p-32;
    if (place == id) share += keep;
    if (places_[place].other == id) share += 1 - keep;
  }
  return share / static_cast<double>(places_.size());
}

}  // namespace kindred::words
