#include "store/check_documents.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace kindred::store {
namespace {

constexpr std::size_t kLongestId = 4096;
/// RocksDB holds a write in memory, and can't hold one of 4 GiB.
constexpr std::size_t kLargestCall = std::size_t{1} << 30;

std::optional<std::size_t> first_not_finite(std::span<const float> values) {
  const auto found =
      std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
  if (found == values.end()) return std::nullopt;
  return static_cast<std::size_t>(found - values.begin());
}

}  // namespace

Result<void> check_documents(const std::string& collection, std::size_t dimensions,
                             std::span<const Document> documents, MatrixView vectors) {
  const auto refuse = [&](const std::string& words) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("collection \"{}\": {}", collection, words));
  };
  if (documents.size() != vectors.rows())
    return refuse(
        fmt::format("{} documents came with {} vectors", documents.size(), vectors.rows()));
  if (!documents.empty() && vectors.dimensions() != dimensions)
    return fail(ErrorCode::conflict,
                fmt::format("collection \"{}\" has {} dimensions, the vectors have {}", collection,
                            dimensions, vectors.dimensions()));
  simdjson::dom::parser parser;
  std::size_t bytes = vectors.values().size_bytes();
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Document& document = documents[i];
    if (document.id.empty()) return refuse(fmt::format("document {} has an empty id", i));
    if (document.id.size() > kLongestId)
      return refuse(fmt::format("the id of document {} has {} bytes, the longest allowed is {}", i,
                                document.id.size(), kLongestId));
    if (!simdjson::validate_utf8(document.id))
      return refuse(fmt::format("the id of document {} is not UTF-8", i));
    if (document.fields != "{}") {
      simdjson::dom::element fields;
      const auto failed = parser.parse(document.fields).get(fields);
      if (failed != simdjson::SUCCESS)
        return refuse(fmt::format("the fields of \"{}\" are not JSON: {}", document.id,
                                  simdjson::error_message(failed)));
      if (!fields.is_object())
        return refuse(fmt::format("the fields of \"{}\" are not a JSON object", document.id));
    }
    if (const auto component = first_not_finite(vectors.row(i)))
      return refuse(fmt::format("the vector of \"{}\" has the value {} at {}", document.id,
                                vectors.row(i)[*component], *component));
    bytes += document.id.size() + document.text.size() + document.fields.size();
  }
  if (bytes > kLargestCall)
    return refuse(fmt::format("{} bytes in one call, the most is {}: add them in several calls",
                              bytes, kLargestCall));
  return {};
}

Result<void> check_query(const std::string& collection, std::size_t dimensions,
                         std::span<const float> query) {
  if (query.size() != dimensions)
    return fail(ErrorCode::conflict,
                fmt::format("collection \"{}\" has {} dimensions, the query has {}", collection,
                            dimensions, query.size()));
  if (const auto component = first_not_finite(query))
    return fail(ErrorCode::invalid_argument,
                fmt::format("collection \"{}\": the query has the value {} at {}", collection,
                            query[*component], *component));
  return {};
}

}  // namespace kindred::store
