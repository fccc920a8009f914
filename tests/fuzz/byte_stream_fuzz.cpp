/// Any bytes as a file of text that may be packed: an error of one line, or bytes, of which the
/// first sixteen megabytes are read.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "files/byte_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("kindred_fuzz_stream_" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  auto stream = kindred::files::ByteStream::open(path);
  std::vector<char> part(65'536);
  std::size_t total = 0;
  while (stream) {
    const auto count = (*stream)->read(part);
    if (!count) {
      if (count.error().message.empty() || count.error().message.contains('\n')) std::abort();
      break;
    }
    total += *count;
    if (*count < part.size() || total > (std::size_t{1} << 24)) break;
  }
  std::filesystem::remove(path);
  return 0;
}
