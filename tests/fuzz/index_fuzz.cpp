/// Any bytes as an index file: an error of one line, or an index that answers, mapped and loaded.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "kindred/index.h"
#include "kindred/matrix.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
bool succeeded(const kindred::Result<T>& result) {
  if (!result.has_value())
    require(!result.error().message.empty() && !result.error().message.contains('\n'));
  return result.has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Written anew each time, which only this process reads.
  static const auto path = std::filesystem::temp_directory_path() /
                           ("kindred-fuzz-" + std::to_string(::getpid()) + ".index");
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  for (const auto mode : {kindred::OpenMode::map, kindred::OpenMode::load}) {
    const auto index = kindred::Index::open(path, mode);
    if (!succeeded(index) || index->dimensions() > 4096) continue;
    const kindred::Matrix queries(2, index->dimensions());
    const auto found = index->search(queries, 3);
    if (succeeded(found)) require(found->hits.size() == found->k * (found->k == 0 ? 0 : 2));
  }
  std::filesystem::remove(path);
  return 0;
}
