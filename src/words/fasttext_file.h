/// Files of fastText models: .bin, and .ftz with quantized matrices, of every version found.
///
/// Byte for byte in docs/formats/fasttext.md. The first programs wrote no magic number, no pruned
/// buckets and no quantized rows; a classifier of version 11 has no character n-grams, whatever its
/// settings say. Files are written as version 12.
///
/// Every size is checked against the file before memory is taken. Thread safety: pure functions.
/// Cost: float32 rows stay in the file's map; the rest is a pass over it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/file_system.h"
#include "kindred/result.h"
#include "words/fasttext_model.h"

namespace kindred::words {

/// Whether a file is one of fastText's: by its magic number; the oldest, by settings that only they
/// have.
bool is_fasttext(std::span<const std::byte> file);

/// `owner` keeps the bytes; `name` is the file's, for messages.
Result<FastTextModel> parse_fasttext(std::span<const std::byte> file,
                                     std::shared_ptr<const void> owner, std::string_view name);

Result<void> write_fasttext(base::WritableFile& file, const FastTextModel& model);

}  // namespace kindred::words
