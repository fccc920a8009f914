#include "model/weight_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "files/safetensors.h"
#include "files/sharded_tensors.h"
#include "files/torch_weights.h"
#include "model/gguf_model.h"

namespace kindred::model {
namespace {

using files::TensorSource;
using Opened = Result<std::unique_ptr<const TensorSource>>;

template <typename Format>
Opened open_one(const std::filesystem::path& path) {
  return std::make_unique<const Format>(KINDRED_TRY(Format::open(path)));
}

template <typename Format>
Opened open_shards(const std::filesystem::path& index) {
  return std::make_unique<const files::ShardedTensors>(
      KINDRED_TRY(files::ShardedTensors::open(index, open_one<Format>)));
}

struct WeightFormat {
  std::string_view file;
  Opened (*open)(const std::filesystem::path& path);
};

constexpr std::array kFormats = {
    WeightFormat{"model.safetensors", open_one<files::SafeTensors>},
    WeightFormat{"model.safetensors.index.json", open_shards<files::SafeTensors>},
    WeightFormat{"pytorch_model.bin", open_one<files::TorchWeights>},
    WeightFormat{"pytorch_model.bin.index.json", open_shards<files::TorchWeights>},
};

/// What other frameworks leave in a folder.
constexpr std::array<std::string_view, 4> kOtherFormats = {"model.onnx", "onnx/model.onnx",
                                                           "tf_model.h5", "flax_model.msgpack"};

/// Also where it is a link that leads nowhere: opening it then says so.
bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

}  // namespace

Result<FoundWeights> find_weights(const std::filesystem::path& folder) {
  if (is_gguf(folder))
    return FoundWeights{.path = folder, .file = KINDRED_TRY(open_gguf_weights(folder))};
  std::vector<std::string_view> names;
  for (const WeightFormat& format : kFormats) {
    const std::filesystem::path path = folder / format.file;
    if (is_there(path)) {
      auto file = KINDRED_TRY(format.open(path));
      return FoundWeights{.path = path, .file = std::move(file)};
    }
    names.push_back(format.file);
  }
  for (const std::string_view other : kOtherFormats)
    if (is_there(folder / other))
      return fail(ErrorCode::unsupported,
                  fmt::format("{}: has its weights in {}, Kindred reads {}", folder.string(), other,
                              fmt::join(names, ", ")));
  return fail(ErrorCode::not_found, fmt::format("{}: has no weights, Kindred reads {}",
                                                folder.string(), fmt::join(names, ", ")));
}

}  // namespace kindred::model
