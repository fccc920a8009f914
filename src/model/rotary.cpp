#include "model/rotary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "base/listed.h"

namespace kindred::model {
namespace {

using tensor::Rotary;

/// Frequencies are powers in float32, each rounded, as the reference has them: at the end of a long
/// text an angle is thousands of radians.
std::vector<float> powers(float theta, std::size_t pairs) {
  std::vector<float> frequencies;
  frequencies.reserve(pairs);
  for (std::size_t i = 0; i < pairs; ++i)
    frequencies.push_back(
        1.0F / std::pow(theta, static_cast<float>(2 * i) / static_cast<float>(2 * pairs)));
  return frequencies;
}

/// What a scaling works on.
struct Scaling {
  const Config& config;      // the whole
  const Config& parameters;  // of the scaling
  float theta;
  Rotary& rotary;
};

Result<float> positive(const Config& config, std::string_view field,
                       std::optional<float> otherwise) {
  const float value =
      otherwise ? KINDRED_TRY(config.number(field, *otherwise)) : KINDRED_TRY(config.number(field));
  if (!(value > 0) || std::isinf(value)) return config.wrong(field, "a number above 0");
  return value;
}

Result<void> scale_linear(const Scaling& scaling) {
  const float factor = KINDRED_TRY(positive(scaling.parameters, "factor", {}));
  for (float& frequency : scaling.rotary.frequencies) frequency /= factor;
  return {};
}

Result<void> scale_ntk(const Scaling& scaling) {
  const float factor = KINDRED_TRY(positive(scaling.parameters, "factor", {}));
  KINDRED_TRY(scaling.parameters.require("mixed_b", nullptr));
  const std::size_t pairs = scaling.rotary.frequencies.size();
  scaling.rotary.frequencies = powers(scaling.theta * factor, pairs);
  const float divisor = std::pow(factor, 1.0F / static_cast<float>(pairs));
  for (float& frequency : scaling.rotary.frequencies) frequency /= divisor;
  return {};
}

Result<void> scale_dynamic(const Scaling& scaling) {
  KINDRED_TRY(positive(scaling.parameters, "factor", {}));
  return {};
}

/// The longest text of the first training.
Result<float> original_positions(const Scaling& scaling) {
  if (scaling.parameters.contains("original_max_position_embeddings"))
    return positive(scaling.parameters, "original_max_position_embeddings", {});
  return static_cast<float>(KINDRED_TRY(scaling.config.count("max_position_embeddings")));
}

Result<void> scale_yarn(const Scaling& scaling) {
  const Config& parameters = scaling.parameters;
  const float factor = KINDRED_TRY(positive(parameters, "factor", {}));
  const float original = KINDRED_TRY(original_positions(scaling));
  const float fast = KINDRED_TRY(positive(parameters, "beta_fast", 32.0F));
  const float slow = KINDRED_TRY(positive(parameters, "beta_slow", 1.0F));
  const bool truncate = KINDRED_TRY(parameters.flag("truncate", true));
  const auto logarithm = [&](float weight) {
    return factor <= 1 ? 1 : 0.1F * weight * std::log(factor) + 1;
  };
  scaling.rotary.scale = logarithm(1);
  if (parameters.contains("mscale") && parameters.contains("mscale_all_dim")) {
    const float all = KINDRED_TRY(positive(parameters, "mscale_all_dim", {}));
    scaling.rotary.scale = logarithm(KINDRED_TRY(positive(parameters, "mscale", {})));
    scaling.rotary.scale /= logarithm(all);
  }
  if (parameters.contains("attention_factor"))
    scaling.rotary.scale = KINDRED_TRY(positive(parameters, "attention_factor", {}));

  // The pairs that turn so many times within the original length.
  std::vector<float>& frequencies = scaling.rotary.frequencies;
  const auto width = static_cast<double>(2 * frequencies.size());
  const auto pair_of = [&](float rotations) {
    return width * std::log(double{original} / (double{rotations} * 2 * std::numbers::pi)) /
           (2 * std::log(double{scaling.theta}));
  };
  double low = pair_of(fast);
  double high = pair_of(slow);
  if (truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, width - 1);
  if (low == high) high += 0.001;
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const auto ramp =
        static_cast<float>(std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0));
    const float stretched = frequencies[i] / factor;
    frequencies[i] = stretched * ramp + frequencies[i] * (1 - ramp);
  }
  return {};
}

Result<void> scale_llama3(const Scaling& scaling) {
  const Config& parameters = scaling.parameters;
  const float factor = KINDRED_TRY(positive(parameters, "factor", {}));
  const float low = KINDRED_TRY(positive(parameters, "low_freq_factor", {}));
  const float high = KINDRED_TRY(positive(parameters, "high_freq_factor", {}));
  const float original = KINDRED_TRY(original_positions(scaling));
  if (high <= low)
    return parameters.wrong("high_freq_factor", fmt::format("more than low_freq_factor {}", low));
  for (float& frequency : scaling.rotary.frequencies) {
    const float wavelength = 2 * std::numbers::pi_v<float> / frequency;
    if (wavelength < original / high) continue;
    const float smooth = (original / wavelength - low) / (high - low);
    frequency = wavelength > original / low
                    ? frequency / factor
                    : (1 - smooth) * frequency / factor + smooth * frequency;
  }
  return {};
}

struct NamedScaling {
  std::string_view name;
  Result<void> (*scale)(const Scaling&);
};

constexpr NamedScaling kScalings[] = {
    {"default", [](const Scaling&) -> Result<void> { return {}; }},
    {"linear", scale_linear},
    {"ntk", scale_ntk},
    {"dynamic", scale_dynamic},
    {"yarn", scale_yarn},
    {"llama3", scale_llama3},
};

Result<void> apply(const Scaling& scaling) {
  // The name of old, then that of today; files of the time between have both.
  const bool old_name = scaling.parameters.contains("type");
  const bool new_name = scaling.parameters.contains("rope_type");
  std::string name = "default";
  if (old_name) name = KINDRED_TRY(scaling.parameters.text("type"));
  if (new_name) name = KINDRED_TRY(scaling.parameters.text("rope_type"));
  for (const NamedScaling& one : kScalings) {
    if (one.name != name) continue;
    KINDRED_TRY(one.scale(scaling));
    return scaling.parameters.require_known({});
  }
  return scaling.parameters.wrong(
      new_name ? "rope_type" : "type",
      fmt::format("one of {}", base::listed(kScalings, &NamedScaling::name, "\"")));
}

}  // namespace

Result<Rotary> read_rotary(const Config& config, std::size_t width, const RotaryFields& fields) {
  if (width % 2 != 0)
    return fail(ErrorCode::unsupported, fmt::format("{}: heads of {} values, pairs are needed",
                                                    config.path().string(), width));
  auto parameters = KINDRED_TRY(config.object("rope_parameters"));
  auto scaling = KINDRED_TRY(config.object("rope_scaling"));
  if (parameters && !fields.layers.empty())
    parameters = KINDRED_TRY(parameters->object(fields.layers));
  float theta = KINDRED_TRY(positive(config, fields.theta, fields.default_theta));
  if (parameters) theta = KINDRED_TRY(positive(*parameters, "rope_theta", theta));
  // Partly turned heads aren't in any family that we have.
  KINDRED_TRY(config.require("partial_rotary_factor", 1.0));
  if (parameters) KINDRED_TRY(parameters->require("partial_rotary_factor", 1.0));

  Rotary rotary{.frequencies = powers(theta, width / 2)};
  if (parameters) {
    KINDRED_TRY(apply({config, *parameters, theta, rotary}));
  } else if (scaling && fields.scaled) {
    KINDRED_TRY(apply({config, *scaling, theta, rotary}));
  }
  return rotary;
}

}  // namespace kindred::model
