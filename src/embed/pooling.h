/// The pooling modes that Kindred has: one row of a table each.
#pragma once

#include <filesystem>
#include <string_view>

#include "kindred/result.h"
#include "tensor/tensor.h"

namespace kindred::embed {

/// tokens: rows x hidden. Result: sequences x hidden.
using Pooling = tensor::Tensor (*)(tensor::Workspace&, const tensor::Tensor& tokens,
                                   tensor::Sequences);

/// A mode that we don't have is an error that names it, the folder that asks for it, and those we
/// have.
Result<Pooling> find_pooling(std::string_view mode, const std::filesystem::path& folder);

}  // namespace kindred::embed
