/// What the commands of `kindred index` have in common. Each is one file of this folder and one row
/// of the table in commands/index.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "command.h"
#include "kindred/index.h"
#include "kindred/result.h"

namespace kindred::cli {

void add_index_build(CLI::App& parent, Action& action);
void add_index_add(CLI::App& parent, Action& action);
void add_index_remove(CLI::App& parent, Action& action);
void add_index_search(CLI::App& parent, Action& action);
void add_index_show(CLI::App& parent, Action& action);
void add_index_tune(CLI::App& parent, Action& action);

void declare_index(CLI::App& command, std::filesystem::path& index);
void declare_threads(CLI::App& command, std::size_t& threads);

/// The error of `result` with the place in front: "news.npy: row 3 has ...".
template <typename T>
Result<T> at(const std::filesystem::path& place, Result<T> result) {
  if (!result.has_value())
    return fail(result.error().code, place.string() + ": " + result.error().message);
  return result;
}

/// The ids in a file, one for each of the `count` vectors of another; none where `ids` is empty.
Result<std::vector<std::uint64_t>> read_ids_of(const std::filesystem::path& ids,
                                               const std::filesystem::path& vectors,
                                               std::size_t count);

/// "100,000 vectors of 384 dimensions, cosine, hnsw".
std::string summary_of(const Index& index);

/// Seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace kindred::cli
