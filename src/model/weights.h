/// A model's parameters by the names they have in its file, checked for shape and made ready for
/// the tensor room.
///
/// The file may have any format (weight_files.h) and any type of real numbers; we compute in
/// float32. Where a model is only run, embedding tables stay where they are, in the mapped file and
/// in its type; linear layers are packed (tensor/linear.h), small vectors copied. Where it is
/// trained, all of them
/// become Parameters (tensor/parameter.h), which trained() lists. Every error names the file, the
/// tensor, what it is and what it should be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "model/weight_files.h"
#include "tensor/gather.h"
#include "tensor/linear.h"
#include "tensor/norm.h"
#include "tensor/parameter.h"
#include "tensor/rms_norm.h"

namespace kindred::model {

/// What a model is opened for.
enum class Purpose : std::uint8_t { running, training };

/// A Parameter by its tensor's name in the file.
struct NamedParameter {
  std::string name;
  std::vector<std::size_t> shape;  // as the file has it
  bool transposed = false;         // the values are those of the transposed matrix
  tensor::SharedParameter parameter;
};

/// A linear layer's name, and its share of the outputs of several that stand side by side.
struct NamedLinear {
  std::string_view name;
  std::size_t outputs;
};

enum class Bias : std::uint8_t { with, without };

class Weights {
 public:
  /// Those of a model's folder.
  static Result<Weights> open(const std::filesystem::path& folder, Purpose purpose);

  /// The same file, names shortened by a prefix: below("encoder.layer.0.").linear({"output.dense"},
  /// ...).
  Weights below(std::string_view prefix) const;
  /// The same where any name begins with the prefix; else this one. (A model with a head has its
  /// encoder under a name of its own, a bare one has it at the top.)
  Weights below_if_there(std::string_view prefix) const;
  bool contains(std::string_view name) const;
  const WeightsFile& file() const { return file_; }
  /// Values in all tensors of real numbers.
  std::size_t parameters() const;
  /// The Parameters that tables, layers and norms were made of, in the order in which they were
  /// asked for. Empty where the model is only run.
  const std::vector<NamedParameter>& trained() const { return *trained_; }

  /// The values as a Parameter; where the model is trained, the same for the same name.
  Result<tensor::SharedParameter> parameter(std::string_view name,
                                            std::initializer_list<std::size_t> shape) const;

  /// rows x columns; not copied where the model is only run: keep file().
  Result<tensor::Table> table(std::string_view name, std::size_t rows, std::size_t columns) const;
  /// `NAME.weight` (outputs x inputs) and `NAME.bias` (outputs) of each name, their outputs side by
  /// side. Without a bias it is zero, and isn't trained.
  Result<tensor::Linear> linear(std::span<const NamedLinear> names, std::size_t inputs,
                                Bias bias = Bias::with) const;
  /// The same with as many outputs each.
  Result<tensor::Linear> linear(std::initializer_list<std::string_view> names, std::size_t outputs,
                                std::size_t inputs, Bias bias = Bias::with) const;
  /// One whose weight is inputs x outputs in the file (Conv1D of GPT-2).
  Result<tensor::Linear> transposed_linear(std::string_view name, std::size_t outputs,
                                           std::size_t inputs) const;
  /// `NAME.weight` and `NAME.bias`, or `NAME.gamma` and `NAME.beta` as files converted from
  /// TensorFlow have them.
  Result<tensor::Norm> norm(std::string_view name, std::size_t size, float epsilon,
                            Bias bias = Bias::with) const;
  /// `NAME.weight`.
  Result<tensor::RmsNorm> rms_norm(std::string_view name, std::size_t size, float epsilon,
                                   float offset = 0) const;

 private:
  Weights(std::filesystem::path path, WeightsFile file, Purpose purpose);
  /// The tensor of real numbers of this name and shape.
  Result<const files::StoredTensor*> find(std::string_view name,
                                          std::initializer_list<std::size_t> shape) const;
  Result<std::vector<float>> values(std::string_view name,
                                    std::initializer_list<std::size_t> shape) const;
  Result<tensor::SharedParameter> bias(std::string_view name, std::size_t size, Bias bias) const;

  std::filesystem::path path_;
  WeightsFile file_;
  Purpose purpose_;
  std::string prefix_;
  std::shared_ptr<std::vector<NamedParameter>> trained_;  // shared with those below()
};

}  // namespace kindred::model
