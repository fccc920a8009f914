/// Times the exact index through its public door, on one thread.
///
///     kindred_benchmark_exact_search ROWS.npy QUERIES.npy K IDS.npy
///
/// Says "ready" and the seconds that building the index took. Then it reads lines, each a number of
/// queries a search. For each it searches all queries once, so many at a time, prints the seconds
/// that took, and writes the ids that it found to IDS.npy. run.py lets it and its rival take turns.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "kindred/index.h"
#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "value_of.h"

namespace {

using kindred::benchmarks::value_of;

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: kindred_benchmark_exact_search ROWS.npy QUERIES.npy K IDS.npy\n", stderr);
    return 2;
  }
  kindred::set_threads(1);
  const auto queries = value_of(kindred::read_vectors(argv[2]));
  const std::size_t k = std::stoull(argv[3]);
  const auto rows = value_of(kindred::read_vectors(argv[1]));
  const auto seconds_since = [](std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const auto begin = std::chrono::steady_clock::now();
  const auto index =
      value_of(kindred::Index::build(rows.view(), {}, {.metric = kindred::Metric::dot}));
  std::cout << "ready " << seconds_since(begin) << std::endl;

  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t batch = std::stoull(line);
    std::vector<std::uint64_t> ids;
    ids.reserve(queries.rows() * k);
    double seconds = 0;
    for (std::size_t query = 0; query < queries.rows(); query += batch) {
      const auto some = queries.view().slice(query, std::min(batch, queries.rows() - query));
      const auto start = std::chrono::steady_clock::now();
      const auto found = value_of(index.search(some, k));
      seconds += seconds_since(start);
      for (const auto& hit : found.hits) ids.push_back(hit.id);
    }
    value_of(kindred::write_ids(argv[4], ids, k));
    std::cout << seconds << std::endl;
  }
}
