/// What a document and its vector must be to enter a collection.
///
/// - id: 1 to 4096 bytes of UTF-8. - text: any bytes. - fields: one JSON object. - vector: finite
/// values, as many as the collection has dimensions. - all documents of one call: at most 1 GiB.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "kindred/collection.h"

namespace kindred::store {

/// ErrorCode::invalid_argument, or conflict for another dimension; the message names the
/// collection, the document and the value. Cost: one pass over everything.
Result<void> check_documents(const std::string& collection, std::size_t dimensions,
                             std::span<const Document> documents, MatrixView vectors);

/// A vector to search with: the collection's dimensions, finite values.
Result<void> check_query(const std::string& collection, std::size_t dimensions,
                         std::span<const float> query);

}  // namespace kindred::store
