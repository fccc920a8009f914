#include "model/layer_kinds.h"

#include <fmt/format.h>

namespace kindred::model {

Result<std::vector<LayerKind>> read_layer_kinds(const Config& config, std::size_t layers,
                                                const std::function<bool(std::size_t)>& is_local) {
  std::vector<LayerKind> kinds;
  if (const auto names = KINDRED_TRY(config.texts("layer_types"))) {
    for (const std::string& name : *names) {
      if (name != "full_attention" && name != "sliding_attention")
        return config.wrong("layer_types", "a list of \"full_attention\", \"sliding_attention\"");
      kinds.push_back(name == "full_attention" ? LayerKind::global : LayerKind::local);
    }
    if (kinds.size() != layers)
      return config.wrong("layer_types",
                          fmt::format("a list of {}, the number of layers,", layers));
    return kinds;
  }
  for (std::size_t layer = 0; layer < layers; ++layer)
    kinds.push_back(is_local(layer) ? LayerKind::local : LayerKind::global);
  return kinds;
}

}  // namespace kindred::model
