/// An index that changes: what deleting and adding again does to it, and searches beside changes.
///
///     kindred_benchmark_index_changes ROWS.npy QUERIES.npy METRIC TYPE EF OPERATIONS FOLDER
///
/// Builds, removes every second vector and adds it again, then lets two threads remove and add
/// vectors while two search, OPERATIONS in all, and adds what is missing. After each of these all
/// queries are searched on one thread, their ids written to FOLDER/fresh.npy, FOLDER/again.npy and
/// FOLDER/mixed.npy. Each hit beside changes is checked: its score must be that of the vector that
/// its id stands for, and no id may come twice. Prints JSON.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kindred/index.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "value_of.h"

namespace {

using kindred::benchmarks::value_of;

constexpr std::size_t kHits = 10;
/// What rounding to halves may move a score by, relative to the vectors' lengths.
constexpr double kSlack = 2e-3;

class Clock {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double length_of(std::span<const float> a) {
  return std::sqrt(std::inner_product(a.begin(), a.end(), a.begin(), 0.0));
}

/// Whether a hit's score is that of the vector.
bool is_score(kindred::Metric metric, std::span<const float> query, std::span<const float> row,
              float score) {
  const double dot = std::inner_product(query.begin(), query.end(), row.begin(), 0.0);
  const double lengths = length_of(query) * length_of(row);
  if (metric == kindred::Metric::cosine)
    return std::abs(score - (lengths > 0 ? dot / lengths : 0)) < kSlack;
  if (metric == kindred::Metric::dot) return std::abs(score - dot) < kSlack * lengths;
  double squares = 0;
  for (std::size_t i = 0; i < query.size(); ++i)
    squares += (double{query[i]} - row[i]) * (double{query[i]} - row[i]);
  return std::abs(score - std::sqrt(squares)) < kSlack * (length_of(query) + length_of(row));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) {
    std::fputs(
        "usage: kindred_benchmark_index_changes ROWS.npy QUERIES.npy METRIC TYPE EF OPERATIONS "
        "FOLDER\n",
        stderr);
    return 2;
  }
  const auto rows = value_of(kindred::read_vectors(argv[1]));
  const auto queries = value_of(kindred::read_vectors(argv[2]));
  const auto metric = value_of(kindred::parse_metric(argv[3]));
  const auto options = value_of(kindred::parse_index_type(argv[4], metric));
  const std::size_t ef = std::stoull(argv[5]);
  const std::size_t operations = std::stoull(argv[6]);
  const std::string folder = argv[7];
  auto index = value_of(kindred::Index::build(rows, {}, options));

  const auto search_all = [&](const std::string& name) {
    kindred::set_threads(1);
    double best = 1e9;
    std::vector<std::uint64_t> ids;
    for (int round = 0; round < 5; ++round) {
      const Clock clock;
      const auto hits = value_of(index.search(queries, {.k = kHits, .ef_search = ef}));
      best = std::min(best, clock.seconds());
      ids.clear();
      for (const auto& hit : hits.hits) ids.push_back(hit.id);
    }
    value_of(kindred::write_ids(folder + "/" + name + ".npy", ids, kHits));
    kindred::set_threads(0);
    return best;
  };
  const double fresh_seconds = search_all("fresh");

  std::vector<std::uint64_t> half;
  for (std::uint64_t id = 0; id < rows.rows(); id += 2) half.push_back(id);
  Clock clock;
  value_of(index.remove(half));
  const double remove_seconds = clock.seconds();
  kindred::Matrix again(half.size(), rows.dimensions());
  for (std::size_t i = 0; i < half.size(); ++i)
    std::ranges::copy(rows.row(half[i]), again.row(i).begin());
  clock = Clock();
  value_of(index.add(again, half));
  const double add_seconds = clock.seconds();
  const double again_seconds = search_all("again");

  // Each changing thread has the ids of its own remainder, so that it knows which are there.
  kindred::set_threads(1);
  std::atomic<std::size_t> done{0};
  std::atomic<std::size_t> changes{0};
  std::atomic<std::size_t> wrong{0};
  clock = Clock();
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t part = 0; part < 2; ++part) {
      threads.emplace_back([&, part] {
        std::mt19937_64 random(part);
        std::vector<bool> there(rows.rows(), true);
        while (done++ < operations) {
          const std::uint64_t id = random() % (rows.rows() / 2) * 2 + part;
          if (there[id]) {
            if (*index.remove(std::span(&id, 1)) != 1) ++wrong;
          } else if (!index.add({rows.row(id).data(), 1, rows.dimensions()}, std::span(&id, 1))) {
            ++wrong;
          }
          there[id] = !there[id];
          ++changes;
        }
        for (std::uint64_t id = part; id < rows.rows(); id += 2)
          if (!there[id])
            value_of(index.add({rows.row(id).data(), 1, rows.dimensions()}, std::span(&id, 1)));
      });
      threads.emplace_back([&, part] {
        std::mt19937_64 random(100 + part);
        while (done++ < operations) {
          const std::size_t query = random() % queries.rows();
          const auto hits =
              index.search(queries.view().slice(query, 1), {.k = kHits, .ef_search = ef});
          if (!hits || hits->hits.size() != kHits) {
            ++wrong;
            continue;
          }
          std::set<std::uint64_t> seen;
          for (const auto& [id, score] : hits->hits)
            if (!seen.insert(id).second ||
                !is_score(metric, queries.row(query), rows.row(id), score))
              ++wrong;
        }
      });
    }
  }
  const double mixed_seconds = clock.seconds();
  kindred::set_threads(0);
  const double searched_seconds = search_all("mixed");
  std::cout << "{\"fresh_seconds\": " << fresh_seconds << ", \"remove_seconds\": " << remove_seconds
            << ", \"add_seconds\": " << add_seconds << ", \"again_seconds\": " << again_seconds
            << ", \"operations\": " << operations << ", \"changes\": " << changes
            << ", \"mixed_seconds\": " << mixed_seconds << ", \"wrong\": " << wrong
            << ", \"mixed_search_seconds\": " << searched_seconds << ", \"size\": " << index.size()
            << "}" << std::endl;
}
