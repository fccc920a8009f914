#include "embed/pooling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>
#include <utility>

#include "base/listed.h"
#include "files/excerpt.h"
#include "model/config.h"
#include "tensor/pool.h"

namespace kindred::embed {
namespace {

using model::Config;
using nlohmann::json;

struct Mode {
  std::string_view name;
  std::string_view flag;  // of old
  tensor::Tensor (*pool)(tensor::Workspace&, const tensor::Tensor&, tensor::Sequences,
                         std::size_t skipped);
};

/// In the order in which flags are joined.
constexpr std::array kModes = {
    Mode{"cls", "pooling_mode_cls_token", tensor::first_pool},
    Mode{"max", "pooling_mode_max_tokens", tensor::max_pool},
    Mode{"mean", "pooling_mode_mean_tokens", tensor::mean_pool},
    Mode{"mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens",
         tensor::mean_sqrt_length_pool},
    Mode{"weightedmean", "pooling_mode_weightedmean_tokens", tensor::weighted_mean_pool},
    Mode{"lasttoken", "pooling_mode_lasttoken", tensor::last_pool},
};

std::optional<std::size_t> find_mode(std::string_view name) {
  const auto found = std::ranges::find(kModes, name, &Mode::name);
  if (found == kModes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kModes.begin());
}

}  // namespace

Result<Pooling> Pooling::read(const std::filesystem::path& path) {
  const Config config = KINDRED_TRY(Config::read(path));
  Pooling pooling;
  const json& fields = config.json();
  if (const auto mode = fields.find("pooling_mode"); mode != fields.end()) {
    for (const json& one : mode->is_array() ? *mode : json::array({*mode})) {
      if (!one.is_string()) return config.wrong("pooling_mode", "a mode or a list of modes");
      const auto found = find_mode(one.get<std::string>());
      if (!found)
        return fail(
            ErrorCode::unsupported,
            fmt::format("{}: asks for pooling mode \"{}\", Kindred has: {}", path.string(),
                        files::excerpt(one.get<std::string>()), base::listed(kModes, &Mode::name)));
      pooling.modes_.push_back(*found);
    }
    if (pooling.modes_.empty()) return config.wrong("pooling_mode", "a mode or a list of modes");
  } else {
    for (std::size_t i = 0; i < kModes.size(); ++i)
      if (KINDRED_TRY(config.flag(kModes[i].flag, false))) pooling.modes_.push_back(i);
    if (pooling.modes_.empty()) pooling.modes_.push_back(*find_mode("mean"));
  }
  pooling.include_prompt_ = KINDRED_TRY(config.flag("include_prompt", true));
  const char* width =
      fields.contains("embedding_dimension") ? "embedding_dimension" : "word_embedding_dimension";
  pooling.token_dimensions_ = KINDRED_TRY(config.optional_count(width));
  return pooling;
}

Pooling Pooling::of(const char* mode) {
  const auto found = find_mode(mode);
  assert(found);
  Pooling pooling;
  pooling.modes_.push_back(*found);
  return pooling;
}

tensor::Tensor Pooling::apply(tensor::Workspace& workspace, const tensor::Tensor& tokens,
                              tensor::Sequences sequences, std::size_t prompt_tokens) const {
  const std::size_t skipped = include_prompt_ ? 0 : prompt_tokens;
  if (modes_.size() == 1) return kModes[modes_[0]].pool(workspace, tokens, sequences, skipped);
  const std::size_t width = tokens.columns();
  tensor::Tensor joined = workspace.tensor(sequences.size() - 1, modes_.size() * width);
  for (std::size_t i = 0; i < modes_.size(); ++i) {
    const tensor::Tensor pooled = kModes[modes_[i]].pool(workspace, tokens, sequences, skipped);
    for (std::size_t row = 0; row < pooled.rows(); ++row)
      std::copy_n(pooled.row(row), width, joined.row(row) + i * width);
  }
  return joined;
}

std::string Pooling::name() const {
  std::string name;
  for (const std::size_t mode : modes_)
    name += fmt::format("{}{}", name.empty() ? "" : "+", kModes[mode].name);
  return name;
}

}  // namespace kindred::embed
