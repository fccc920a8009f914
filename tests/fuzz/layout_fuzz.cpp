/// Any bytes as each of the files that lay out a sentence-transformers folder, in turn, where the
/// others and the model are sound: an error of one line, or an embedder that gives a text a vector.
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "kindred/embedder.h"

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kFiles = {
    "modules.json",
    "1_Pooling/config.json",
    "2_Dense/config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "tokenizer_config.json",
};

/// A folder of this process with a tiny model in it.
const fs::path& folder() {
  static const fs::path made = [] {
    const auto root =
        fs::temp_directory_path() / ("kindred_fuzz_layout_" + std::to_string(::getpid()));
    const fs::path models = fs::path(KINDRED_FIXTURES) / "models";
    constexpr auto kAll = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
    fs::copy(models / "tiny_bert", root, kAll);
    fs::copy(models / "layouts" / "dense", root, kAll);
    return root;
  }();
  static const bool removed = std::atexit([] { fs::remove_all(folder()); }) == 0;
  if (!removed) std::abort();
  return made;
}

void check(const kindred::Error& error) {
  if (error.message.empty() || error.message.contains('\n')) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::string_view name : kFiles) {
    const fs::path path = folder() / name;
    const auto before = kindred::base::read_file(path);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    const auto embedder = kindred::Embedder::open(folder());
    if (embedder) {
      constexpr std::array<std::string_view, 1> kTexts = {"a text"};
      const auto vectors = embedder->embed(kTexts);
      if (!vectors) check(vectors.error());
    } else {
      check(embedder.error());
    }
    if (before)
      std::ofstream(path, std::ios::binary) << *before;
    else
      fs::remove(path);
  }
  return 0;
}
