#include "embed/tokenizer_window.h"

#include "model/config.h"

namespace kindred::embed {

Result<std::optional<std::size_t>> read_tokenizer_window(const std::filesystem::path& folder) {
  const auto path = folder / "tokenizer_config.json";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  const auto config = KINDRED_TRY(model::Config::read(path));
  // Where a tokenizer knows no limit, transformers writes a huge number.
  const auto limit = config.json().find("model_max_length");
  if (limit == config.json().end() || !limit->is_number_unsigned() ||
      limit->get<std::uint64_t>() >= (1U << 20))
    return std::nullopt;
  return config.optional_count("model_max_length");
}

}  // namespace kindred::embed
