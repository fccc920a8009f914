/// A transformer encoder: token ids in, one hidden vector a token out.
///
/// A family of models (BERT, ...) is one file that implements Encoder in the operations of the
/// tensor room, and one row of the table in families.cpp. Weights keep the names and shapes of
/// their Hugging Face folder.
///
/// The same forward pass trains a model that was opened for it: on a Workspace with a tape
/// (tensor/tape.h) it leaves behind what the gradients of its Parameters need.
///
/// Thread safety: run from any number of threads, each with its own Workspace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "model/weights.h"
#include "tensor/tensor.h"

namespace kindred::model {

/// Texts as an encoder reads them: unpadded, one after the other.
struct Batch {
  std::span<const std::uint32_t> ids;  ///< each below Shape::vocabulary
  std::span<const std::uint32_t>
      type_ids;              ///< as many: 0, or 1 for the second text of a pair; below Shape::types
  tensor::Sequences starts;  ///< texts + 1; no text is longer than Shape::positions, none is empty
  /// What others see of a text; the tokens behind it see it and are not seen (the masks that
  /// ColBERT puts behind a question). Only where Shape::attends_in_part.
  tensor::Attended attended = {};
};

/// Of Shape::positions: no text is too long.
inline constexpr std::size_t kAnyLength = std::numeric_limits<std::size_t>::max();

struct Shape {
  std::size_t hidden = 0;  ///< values of a hidden vector
  std::size_t layers = 0;
  std::size_t heads = 0;
  std::size_t vocabulary = 0;
  std::size_t types = 0;      ///< 0: the family has none, type ids play no part
  std::size_t positions = 0;  ///< the longest sequence, in tokens
  bool attends_in_part = true;
};

/// Sees hidden states on their way, tokens x hidden: those of the embeddings as layer 0, then those
/// of each layer, as Hugging Face's `hidden_states` has them: the last is the result.
using WatchLayers = std::function<void(std::size_t layer, const tensor::Tensor& states)>;

/// The tables that a model looks tokens and places up in; no rows: it has none.
struct EmbeddingTables {
  const tensor::Table& tokens;
  const tensor::Table& positions;  ///< learned ones; row 0 is not always that of a first token
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual const Shape& shape() const = 0;
  virtual EmbeddingTables tables() const = 0;
  /// Result: tokens x hidden, the last layer's. A token's bits depend on its own text alone.
  tensor::Tensor forward(tensor::Workspace& workspace, const Batch& batch,
                         const WatchLayers& watch = {}) const {
    return run(workspace, batch, watch ? watch : [](std::size_t, const tensor::Tensor&) {});
  }

 private:
  virtual tensor::Tensor run(tensor::Workspace& workspace, const Batch& batch,
                             const WatchLayers& watch) const = 0;
};

struct OpenEncoder {
  std::string_view family;
  std::unique_ptr<const Encoder> encoder;
  std::size_t parameters = 0;
  WeightsFile weights;                  ///< the file that the encoder reads
  std::vector<NamedParameter> trained;  ///< all of them, where it is for training
};

/// Reads config.json and the weights (weight_files.h) of a Hugging Face folder. A model_type that
/// we don't have is an error that lists those we have.
Result<OpenEncoder> open_encoder(const std::filesystem::path& folder,
                                 Purpose purpose = Purpose::running);

}  // namespace kindred::model
