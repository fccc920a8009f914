/// Kindred's side of the index benchmark: builds an index, then searches it as often as it is told.
///
///     kindred_benchmark_index ROWS.npy QUERIES.npy METRIC TYPE
///
/// Builds with all threads and says {"build_seconds": .., "resident_bytes": ..}, the memory that
/// the index added to the process. Then, for each line
///
///     search EF K IDS.npy
///     filter EF K ALLOWED.npy IDS.npy
///
/// searches all queries in one call on one thread, writes their ids (queries x K) and says
/// {"seconds": ..}. EF 0 is the index's own.
#include "kindred/index.h"

#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "kindred/threads.h"
#include "kindred/vectors.h"
#include "value_of.h"

namespace {

using kindred::benchmarks::value_of;

double resident_bytes() {
  ::malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: kindred_benchmark_index ROWS.npy QUERIES.npy METRIC TYPE\n", stderr);
    return 2;
  }
  const auto queries = value_of(kindred::read_vectors(argv[2]));
  const auto options =
      value_of(kindred::parse_index_type(argv[4], value_of(kindred::parse_metric(argv[3]))));
  auto rows = std::optional(value_of(kindred::read_vectors(argv[1])));
  const double before = resident_bytes();
  const auto start = std::chrono::steady_clock::now();
  const auto index = value_of(kindred::Index::build(*rows, {}, options));
  const double build_seconds = seconds_since(start);
  std::cout << "{\"build_seconds\": " << build_seconds
            << ", \"resident_bytes\": " << resident_bytes() - before << "}" << std::endl;
  rows.reset();

  kindred::set_threads(1);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    std::string allowed;
    std::string output;
    kindred::SearchOptions search;
    words >> verb >> search.ef_search >> search.k;
    std::optional<kindred::IdFilter> filter;
    if (verb == "filter") {
      words >> allowed;
      filter = kindred::IdFilter::allow(value_of(kindred::read_ids(allowed)));
      search.filter = &*filter;
    }
    words >> output;
    const auto begin = std::chrono::steady_clock::now();
    const auto hits = value_of(index.search(queries, search));
    const double seconds = seconds_since(begin);
    // A query with fewer hits than K is filled up with an id that nothing has.
    std::vector<std::uint64_t> ids(queries.rows() * search.k, static_cast<std::uint64_t>(-1));
    for (std::size_t query = 0; query < hits.queries(); ++query)
      for (std::size_t i = 0; i < hits.of(query).size(); ++i)
        ids[query * search.k + i] = hits.of(query)[i].id;
    value_of(kindred::write_ids(output, ids, search.k));
    std::cout << "{\"seconds\": " << seconds << "}" << std::endl;
  }
}
