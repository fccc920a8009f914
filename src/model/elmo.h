/// ELMo: words by their characters, and two directions of LSTMs over them (Peters et al. 2018,
/// arXiv:1802.05365, section 3).
///
/// A folder holds what was published: NAME_options.json and NAME_weights.hdf5. A word is its UTF-8
/// bytes between a mark of its begin and one of its end; convolutions of several widths slide over
/// their embeddings, of each the largest value counts, highway layers and a projection make the
/// word's own vector of that (layer 0, which stands twice). Each further layer is a forward and a
/// backward LSTM side by side, with the layer below added from the second on. Every text is read
/// between a mark of its begin and one of its end, from a state of zeros. (The reference carries
/// its state from batch to batch, so that its results depend on what came before.)
///
/// Thread safety: immutable; run from any number of threads, each with its own Workspace.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "model/encoder.h"
#include "model/weight_files.h"
#include "tensor/linear.h"
#include "tensor/lstm.h"
#include "tensor/tensor.h"

namespace kindred::model {

class Elmo {
 public:
  /// Whether a folder holds such files.
  static bool is_one(const std::filesystem::path& folder);
  static Result<Elmo> open(const std::filesystem::path& folder);

  /// Of LSTMs; `watch` sees one more.
  std::size_t layers() const { return layers_.size(); }
  /// Values of a word's states: two directions.
  std::size_t hidden() const { return 2 * projection_.outputs(); }
  std::size_t parameters() const { return parameters_; }
  const WeightsFile& weights() const { return weights_; }

  /// words: those of several texts, one after the other; sequences says where each begins. `watch`
  /// sees the states of each layer, words x hidden().
  void forward(tensor::Workspace& workspace, std::span<const std::string_view> words,
               tensor::Sequences sequences, const WatchLayers& watch) const;

 private:
  /// A convolution over characters.
  struct Filter {
    std::size_t width = 0;
    tensor::Linear layer;  ///< from the embeddings of `width` characters
  };
  struct Highway {
    tensor::Linear carry;
    tensor::Linear transform;
  };
  struct Layer {
    tensor::Lstm forward;
    tensor::Lstm backward;
  };

  Elmo() = default;
  /// Each word's vector: words x projection. Of a word that stands several times, once.
  tensor::Tensor embed(tensor::Workspace& workspace,
                       std::span<const std::vector<std::uint32_t>> words) const;
  std::vector<std::uint32_t> characters(std::string_view word) const;

  std::size_t most_characters_ = 0;
  std::vector<float> embeddings_;  // characters x dimensions
  std::size_t dimensions_ = 0;     // of a character
  tensor::Activation activation_ = tensor::Activation::relu;
  std::vector<Filter> filters_;
  std::vector<Highway> highways_;
  tensor::Linear projection_;
  std::vector<Layer> layers_;
  std::size_t parameters_ = 0;
  WeightsFile weights_;
};

}  // namespace kindred::model
