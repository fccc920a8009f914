#include "ingest/sentinels.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace kindred::ingestion {
namespace {

constexpr std::array<std::string_view, 3> kTexts = {
    "The cat sleeps on the warm stone.",
    "In 1908 the expedition of Ernest Shackleton came within 180 kilometres of the South Pole, and "
    "turned back because the food would not have lasted.",
    "Die Brücke über den Fluss; мост через реку; 河上的桥",
};

double cosine(std::span<const float> left, std::span<const float> right) {
  double dot = 0;
  double left_square = 0;
  double right_square = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    dot += double{left[i]} * right[i];
    left_square += double{left[i]} * left[i];
    right_square += double{right[i]} * right[i];
  }
  // Zeros, where the model knows no word of the text, are the same as zeros and as nothing else.
  if (left_square == 0 || right_square == 0) return left_square == right_square ? 1 : 0;
  return dot / std::sqrt(left_square * right_square);
}

}  // namespace

Result<std::vector<Sentinel>> make_sentinels(const EmbedTexts& embed) {
  const auto embedded = KINDRED_TRY(embed(kTexts, {}));
  std::vector<Sentinel> sentinels;
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    const auto vector = embedded.vectors.row(i);
    sentinels.push_back({.text = std::string(kTexts[i]), .vector = {vector.begin(), vector.end()}});
  }
  return sentinels;
}

Result<void> check_sentinels(const Collection& collection, const EmbedTexts& embed) {
  const auto& sentinels = collection.model().sentinels;
  if (sentinels.empty()) return {};
  std::vector<std::string_view> texts;
  texts.reserve(sentinels.size());
  for (const Sentinel& sentinel : sentinels) texts.emplace_back(sentinel.text);
  const auto embedded = KINDRED_TRY(embed(texts, {}));
  for (std::size_t i = 0; i < sentinels.size(); ++i) {
    const double found = cosine(sentinels[i].vector, embedded.vectors.row(i));
    if (found >= kLeastSentinelCosine) continue;  // a NaN is not
    return fail(ErrorCode::conflict,
                fmt::format("collection \"{}\": the model gives \"{}\" a vector whose cosine with "
                            "the one recorded is {:.4f}, at least {} is needed: it is not the {} "
                            "that the collection was made with, or it works differently here",
                            collection.name(), sentinels[i].text, found, kLeastSentinelCosine,
                            collection.model().name));
  }
  return {};
}

}  // namespace kindred::ingestion
