/// A SavedModel that gives texts vectors, as TensorFlow Hub has them: NNLM, Swivel, Universal
/// Sentence Encoder.
///
/// A folder holds saved_model.pb, variables/ and assets/. Its graph is the model, whatever it does:
/// it is run as it stands (program.h), with variables from the checkpoint (files/tensor_bundle.h)
/// and tables filled as it says. Of TensorFlow 2, what is run is `__call__` of the object, else the
/// signature "serving_default" or "default"; of TensorFlow 1, the signature. It has to take one
/// list of texts and give one matrix of real numbers, a row for each.
///
/// Thread safety: immutable; run from any number of threads, each with its own Workspace. Cost:
/// opening reads the variables once, to check them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/tensor_bundle.h"
#include "kindred/result.h"
#include "tensor/tensor.h"

namespace kindred::tensorflow {

class TextModel {
 public:
  using Assets = std::map<std::string, std::span<const std::byte>, std::less<>>;

  /// Whether a folder holds one.
  static bool is_one(const std::filesystem::path& folder);
  static Result<TextModel> open(const std::filesystem::path& folder);
  /// Of a description and the files of the folder assets/ by their names, which the caller keeps
  /// alive. `name` is the description's, for messages.
  static Result<TextModel> parse(std::span<const std::byte> description, Assets assets,
                                 files::TensorBundle variables, std::string_view name);

  TextModel(TextModel&&) noexcept;
  TextModel& operator=(TextModel&&) noexcept;
  ~TextModel();

  std::size_t dimensions() const;
  /// Values in all variables of real numbers.
  std::size_t parameters() const;
  /// The files that it was read from, whole.
  std::vector<std::span<const std::byte>> contents() const;

  /// texts.size() x dimensions(). Fails where the graph can't be run on these texts.
  Result<tensor::Tensor> run(tensor::Workspace& workspace,
                             std::span<const std::string_view> texts) const;

 private:
  struct Parts;
  explicit TextModel(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred::tensorflow
