/// Times the exact index through its public door: one query at a time, on one thread.
///
///     kindred_benchmark_exact_search ROWS.npy QUERIES.npy K IDS.npy
///
/// Writes the ids that it finds to IDS.npy, says "ready", and then, for each line that it reads,
/// searches all queries once and prints the seconds that took. run.py lets it and its rival take
/// turns.
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

namespace {

template <typename T>
T value_of(kindred::Result<T> result) {
  if (!result.has_value()) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: kindred_benchmark_exact_search ROWS.npy QUERIES.npy K IDS.npy\n", stderr);
    return 2;
  }
  kindred::set_threads(1);
  const auto queries = value_of(kindred::read_vectors(argv[2]));
  const std::size_t k = std::stoull(argv[3]);
  const auto index = value_of(kindred::Index::build(value_of(kindred::read_vectors(argv[1])), {},
                                                    {.metric = kindred::Metric::dot}));
  std::vector<std::uint64_t> ids;
  for (const auto& hit : value_of(index.search(queries, k)).hits) ids.push_back(hit.id);
  value_of(kindred::write_ids(argv[4], ids, k));

  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t query = 0; query < queries.rows(); ++query)
      value_of(index.search(queries.view().slice(query, 1), k));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::cout << seconds.count() << std::endl;
  }
}
