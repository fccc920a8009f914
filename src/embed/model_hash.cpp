#include "embed/model_hash.h"

#include <fmt/format.h>

#include <string_view>

#include "base/checksum.h"
#include "base/file_system.h"

namespace kindred::embed {

std::string model_hash(const Layout& layout, std::span<const std::span<const std::byte>> weights) {
  base::StreamingChecksum sum;
  // Each part with its length before it, so that no two different sequences of parts run together
  // to the same bytes.
  const auto add = [&](std::span<const std::byte> part) {
    const std::uint64_t size = part.size();
    sum.add(std::as_bytes(std::span(&size, 1)));
    sum.add(part);
  };
  const auto add_text = [&](std::string_view text) { add(std::as_bytes(std::span(text))); };
  add_text(fmt::format("pooling {}, normalize {}, tokens {}", layout.pooling.name(),
                       layout.normalize, layout.max_tokens.value_or(0)));
  for (const char* name : {"config.json", "tokenizer.json", "vocab.txt", "tokenizer_config.json"}) {
    const auto text = base::read_file(layout.encoder / name);
    add_text(text ? *text : "");
  }
  for (const std::span<const std::byte> file : weights) add(file);

  // What few models have is added where it is there, with its name: others keep their hashes.
  const auto add_file = [&](const std::filesystem::path& path) {
    if (const auto text = base::read_file(path)) {
      add_text(path.filename().string());
      add_text(*text);
    }
  };
  for (const char* name :
       {"vocab.json", "merges.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"})
    add_file(layout.encoder / name);
  for (const ModuleFolder& module : layout.modules) {
    add_text(module.kind);
    for (const char* name : {"config.json", "model.safetensors", "pytorch_model.bin"})
      add_file(module.folder / name);
  }
  for (const auto& [name, text] : layout.prompts.texts) {
    if (text.empty()) continue;
    add_text(name);
    add_text(text);
  }
  if (layout.prompts.default_name) add_text(*layout.prompts.default_name);
  if (layout.dimensions) add_text(fmt::format("dimensions {}", *layout.dimensions));
  if (layout.lowercase) add_text("lowercase");
  if (!layout.pooling.include_prompt()) add_text("without prompt");
  return fmt::format("{:016x}", sum.value());
}

}  // namespace kindred::embed
