/// Which layers of a model attend to a window and which to the whole text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "model/config.h"

namespace kindred::model {

enum class LayerKind : std::uint8_t { global, local };

/// From `layer_types` ("full_attention", "sliding_attention", one a layer); where that is absent,
/// is_local says it by a layer's number.
Result<std::vector<LayerKind>> read_layer_kinds(const Config& config, std::size_t layers,
                                                const std::function<bool(std::size_t)>& is_local);

}  // namespace kindred::model
