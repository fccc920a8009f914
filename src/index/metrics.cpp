#include "index/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace kindred {
namespace index {
namespace {

constexpr std::array kMetrics = {
    MetricTraits{.metric = Metric::cosine,
                 .name = "cosine",
                 .unit_length = true,
                 .smaller_first = false,
                 .kernels = simd::dot_kernels},
    MetricTraits{.metric = Metric::dot,
                 .name = "dot",
                 .unit_length = false,
                 .smaller_first = false,
                 .kernels = simd::dot_kernels},
    MetricTraits{.metric = Metric::euclidean,
                 .name = "euclidean",
                 .unit_length = false,
                 .smaller_first = true,
                 .kernels = simd::euclidean_kernels},
    MetricTraits{.metric = Metric::manhattan,
                 .name = "manhattan",
                 .unit_length = false,
                 .smaller_first = true,
                 .kernels = simd::manhattan_kernels},
};

}  // namespace

std::span<const MetricTraits> all_metrics() { return kMetrics; }

const MetricTraits& traits_of(Metric metric) {
  return *std::ranges::find(kMetrics, metric, &MetricTraits::metric);
}

}  // namespace index

std::string_view name_of(Metric metric) { return index::traits_of(metric).name; }

std::string metric_names() {
  std::string names;
  for (const auto& traits : index::all_metrics())
    names += (names.empty() ? "" : ", ") + std::string(traits.name);
  return names;
}

Result<Metric> parse_metric(std::string_view name) {
  for (const auto& traits : index::all_metrics())
    if (traits.name == name) return traits.metric;
  return fail(ErrorCode::invalid_argument,
              fmt::format("\"{}\" is not a metric; there are {}", name, metric_names()));
}

}  // namespace kindred
