/// Runs a fuzz target without a fuzzer: on each file of the corpus as it is, cut short, and with
/// bytes changed.
///
/// The damages are the same in every run: no chance, no clock but a limit of time for each file,
/// after which a slow target goes on with the next one.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

/// Hands over a copy of exactly this size, so that a sanitizer sees a read beyond the end.
void run(const Bytes& input, std::size_t size) {
  const auto copy = std::make_unique<std::uint8_t[]>(size);
  if (size > 0) std::memcpy(copy.get(), input.data(), size);
  LLVMFuzzerTestOneInput(copy.get(), size);
}

/// About 200 places spread over the input, the first 200 all of them: headers come first.
std::vector<std::size_t> places(std::size_t size) {
  std::vector<std::size_t> found;
  const std::size_t stride = std::max<std::size_t>(1, size / 200);
  for (std::size_t at = 0; at < size; at += at < 200 ? 1 : stride) found.push_back(at);
  return found;
}

void replay(const Bytes& input, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  const auto in_time = [&] { return std::chrono::steady_clock::now() < end; };
  run(input, input.size());
  Bytes damaged = input;
  for (const std::size_t at : places(input.size())) {
    if (!in_time()) return;
    run(input, at);
    for (const int change : {0x01, 0x20, 0x80, 0xff, -1}) {
      damaged[at] = change < 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(input[at] ^ change);
      run(damaged, damaged.size());
    }
    damaged[at] = input[at];
    // A byte taken out, and one put in twice.
    damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(at));
    run(damaged, damaged.size());
    damaged.insert(damaged.begin() + static_cast<std::ptrdiff_t>(at), 2, input[at]);
    run(damaged, damaged.size());
    damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i)
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i]))
      if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  if (files.empty()) {
    std::fputs("usage: fuzz_NAME CORPUS_FOLDER... (with files in them)\n", stderr);
    return 2;
  }
  run({}, 0);
  const std::chrono::milliseconds each(std::max<std::size_t>(100, 4000 / files.size()));
  for (const auto& path : files) {
    std::printf("%s\n", path.filename().c_str());
    std::fflush(stdout);
    replay(read(path), each);
  }
  return 0;
}
