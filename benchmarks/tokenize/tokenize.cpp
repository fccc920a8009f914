/// Cuts the lines of a file into tokens, once for each line of standard input, on as many threads
/// as that line says.
///
/// Arguments: the tokenizer (a file, or a model's folder), the file of texts, a file for the ids
/// (32-bit, little-endian). Prints the seconds of the fastest of five loads, then those of each
/// round.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "kindred/threads.h"
#include "kindred/tokenizer.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: {} TOKENIZER TEXTS IDS\n", argv[0]);
    return 2;
  }
  using Clock = std::chrono::steady_clock;
  auto tokenizer = kindred::Tokenizer::open(argv[1]);
  std::chrono::duration<double> best = std::chrono::hours(1);
  for (int load = 0; load < 5 && tokenizer; ++load) {
    const auto start = Clock::now();
    tokenizer = kindred::Tokenizer::open(argv[1]);
    best = std::min<std::chrono::duration<double>>(best, Clock::now() - start);
  }
  if (!tokenizer) {
    fmt::print(stderr, "{}\n", tokenizer.error().message);
    return 1;
  }
  fmt::print("{}\n", best.count());
  std::fflush(stdout);
  std::vector<std::string> texts;
  std::ifstream file(argv[2], std::ios::binary);
  for (std::string line; std::getline(file, line);) texts.push_back(line);
  const std::vector<std::string_view> views(texts.begin(), texts.end());

  for (std::string round; std::getline(std::cin, round);) {
    kindred::set_threads(std::stoul(round));
    const auto start = Clock::now();
    const auto batch = tokenizer->tokenize(views);
    const std::chrono::duration<double> seconds = Clock::now() - start;
    if (!batch) {
      fmt::print(stderr, "{}\n", batch.error().message);
      return 1;
    }
    std::ofstream(argv[3], std::ios::binary)
        .write(reinterpret_cast<const char*>(batch->ids.data()),
               static_cast<std::streamsize>(batch->ids.size() * sizeof(std::uint32_t)));
    fmt::print("{}\n", seconds.count());
    std::fflush(stdout);
  }
  return 0;
}
