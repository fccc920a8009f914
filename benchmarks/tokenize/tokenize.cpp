/// Cuts the lines of a file into tokens with a model's tokenizer, on one thread, once for each line
/// of standard input.
///
/// Arguments: the model's folder, the file of texts, a file for the ids (32-bit, little-endian).
/// Prints the seconds of each round, without loading.
#include <fmt/format.h>

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
    fmt::print(stderr, "usage: {} MODEL TEXTS IDS\n", argv[0]);
    return 2;
  }
  kindred::set_threads(1);
  const auto tokenizer = kindred::Tokenizer::open(argv[1]);
  if (!tokenizer) {
    fmt::print(stderr, "{}\n", tokenizer.error().message);
    return 1;
  }
  std::vector<std::string> texts;
  std::ifstream file(argv[2], std::ios::binary);
  for (std::string line; std::getline(file, line);) texts.push_back(line);
  const std::vector<std::string_view> views(texts.begin(), texts.end());

  for (std::string round; std::getline(std::cin, round);) {
    const auto start = std::chrono::steady_clock::now();
    const auto batch = tokenizer->tokenize(views);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
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
