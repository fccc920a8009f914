// How the cosines of pairs of words go with what people said of them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <vector>

#include "files/lines.h"
#include "kindred/word_vectors.h"
#include "simd/normalize.h"
#include "words/look_up.h"

namespace kindred {
namespace {

/// Ranks from 1 on; equal values share the mean of theirs.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    for (std::size_t i = first; i < last; ++i)
      ranks[order[i]] = static_cast<double>(first + last + 1) / 2;
    first = last;
  }
  return ranks;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto count = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / count;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / count;
  double both = 0;
  double only_a = 0;
  double only_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - mean_a) * (b[i] - mean_b);
    only_a += (a[i] - mean_a) * (a[i] - mean_a);
    only_b += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return only_a == 0 || only_b == 0 ? 0 : both / std::sqrt(only_a * only_b);
}

}  // namespace

Result<SimilarityResult> evaluate_similarity(const WordVectors& vectors,
                                             const std::filesystem::path& path) {
  auto lines = KINDRED_TRY(files::LineReader::open(path));
  SimilarityResult result;
  std::vector<double> said;
  std::vector<double> found;
  std::vector<float> left;
  std::vector<float> right;
  while (const auto line = KINDRED_TRY(lines.next())) {
    const auto fields = words::fields_of(*line);
    if (fields.empty() || fields[0].starts_with('#')) continue;
    double score = 0;
    if (fields.size() != 3 ||
        std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), score).ptr !=
            fields[2].data() + fields[2].size() ||
        !std::isfinite(score))
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: two words and a number are needed", lines.place()));
    const auto a = words::look_up(vectors, fields[0], vectors.size());
    const auto b = words::look_up(vectors, fields[1], vectors.size());
    if (!a || !b) {
      ++result.left_out;
      continue;
    }
    left.assign(vectors.vector(*a).begin(), vectors.vector(*a).end());
    right.assign(vectors.vector(*b).begin(), vectors.vector(*b).end());
    simd::normalize(left);
    simd::normalize(right);
    said.push_back(score);
    found.push_back(std::inner_product(left.begin(), left.end(), right.begin(), 0.0));
  }
  result.pairs = said.size();
  if (result.pairs < 2)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: {} of its pairs are known, two at least are needed", lines.name(),
                            result.pairs));
  result.spearman = correlation(ranks_of(said), ranks_of(found));
  result.pearson = correlation(said, found);
  return result;
}

}  // namespace kindred
