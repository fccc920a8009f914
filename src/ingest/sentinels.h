/// Sentinel texts: what tells a collection that a model is still the one that it was made with.
///
/// A model's hash names its files; its vectors also depend on prompt, pooling, precision and
/// kernels. A few texts with the vectors they once got catch all of that at once: embed them again
/// and compare. Different machines round differently, by about 1e-6 of cosine; int8 instead of
/// float32 stays within 0.999 for some texts and not for others; a wrong model or pooling is far
/// below.
#pragma once

#include "ingest/pipeline.h"
#include "kindred/collection.h"

namespace kindred::ingestion {

inline constexpr double kLeastSentinelCosine = 0.999;

/// A short sentence, a longer one with figures and names, and one of three scripts.
Result<std::vector<Sentinel>> make_sentinels(const EmbedTexts& embed);

/// ErrorCode::conflict names the collection, the text and the cosine.
Result<void> check_sentinels(const Collection& collection, const EmbedTexts& embed);

}  // namespace kindred::ingestion
