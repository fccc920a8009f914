/// The name of a model that no renaming changes: what a collection records to know its own model
/// again.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "embed/layout.h"

namespace kindred::embed {

/// 16 hexadecimal digits over the files of the weights, the layout's meaning (pooling, modules,
/// prompts, window), the encoder's configuration and the tokenizer's files: everything that
/// decides a vector, and no path. Reads all of it once: about 10 GB a second. Files that vanished
/// meanwhile count as empty.
std::string model_hash(const Layout& layout, std::span<const std::span<const std::byte>> weights);

}  // namespace kindred::embed
