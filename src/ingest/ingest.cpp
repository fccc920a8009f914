#include "kindred/ingest.h"

#include <fmt/format.h>

#include <utility>

#include "ingest/pipeline.h"
#include "ingest/sentinels.h"

namespace kindred {
namespace {

ingestion::EmbedTexts function_of(const Embedder& embedder) {
  return [&embedder](std::span<const std::string_view> texts, const EmbedOptions& options) {
    return embedder.embed(texts, options);
  };
}

}  // namespace

Result<CollectionModel> describe_for_collection(const Embedder& embedder, std::string name) {
  auto sentinels = KINDRED_TRY(ingestion::make_sentinels(function_of(embedder)));
  return CollectionModel{
      .name = std::move(name),
      .hash = embedder.describe().hash,
      .dimensions = embedder.dimensions(),
      .sentinels = std::move(sentinels),
  };
}

Result<void> check_model(const Collection& collection, const Embedder& embedder) {
  const CollectionModel& model = collection.model();
  const std::string& hash = embedder.describe().hash;
  if (model.hash != hash || model.dimensions != embedder.dimensions())
    return fail(ErrorCode::conflict,
                fmt::format("collection \"{}\" was made with {} (hash {}, {} dimensions), not with "
                            "a model of hash {} and {} dimensions",
                            collection.name(), model.name, model.hash, model.dimensions, hash,
                            embedder.dimensions()));
  return ingestion::check_sentinels(collection, function_of(embedder));
}

Result<IngestReport> ingest(Collection& collection, const Embedder& embedder,
                            std::span<const std::filesystem::path> files,
                            const IngestOptions& options) {
  KINDRED_TRY(check_model(collection, embedder));
  return ingestion::run(collection, function_of(embedder), files, options);
}

}  // namespace kindred
