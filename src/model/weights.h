/// A model's parameters by the names they have in its file, checked for shape and made ready for
/// the tensor room.
///
/// Embedding tables stay where they are, in the mapped file; linear layers are packed
/// (tensor/linear.h), small vectors copied. Every error names the file, the tensor, what it is and
/// what it should be.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "files/safetensors.h"
#include "kindred/result.h"
#include "tensor/gather.h"
#include "tensor/linear.h"
#include "tensor/norm.h"

namespace kindred::model {

/// Keeps the mapped file open; whoever holds a tensor::Table holds one.
using WeightsFile = std::shared_ptr<const files::SafeTensors>;

class Weights {
 public:
  static Result<Weights> open(const std::filesystem::path& path);

  /// The same file, names shortened by a prefix: below("encoder.layer.0.").linear({"output.dense"},
  /// ...).
  Weights below(std::string_view prefix) const;
  bool contains(std::string_view name) const;
  const WeightsFile& file() const { return file_; }
  /// Values in all float tensors.
  std::size_t parameters() const;

  /// F32, rows x columns, not copied: keep file().
  Result<tensor::Table> table(std::string_view name, std::size_t rows, std::size_t columns) const;
  /// `NAME.weight` (outputs x inputs) and `NAME.bias` (outputs) of each name, their outputs side by
  /// side.
  Result<tensor::Linear> linear(std::initializer_list<std::string_view> names, std::size_t outputs,
                                std::size_t inputs) const;
  /// `NAME.weight` and `NAME.bias`, or `NAME.gamma` and `NAME.beta` as files converted from
  /// TensorFlow have them.
  Result<tensor::Norm> norm(std::string_view name, std::size_t size, float epsilon) const;

 private:
  Weights(std::filesystem::path path, WeightsFile file, std::string prefix);
  /// The F32 tensor of this name and shape.
  Result<const files::StoredTensor*> find(std::string_view name,
                                          std::initializer_list<std::size_t> shape) const;
  Result<std::vector<float>> values(std::string_view name,
                                    std::initializer_list<std::size_t> shape) const;

  std::filesystem::path path_;
  WeightsFile file_;
  std::string prefix_;
};

}  // namespace kindred::model
