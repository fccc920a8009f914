/// The Pooling module: from the vectors of a text's tokens to one, by one mode or by several side
/// by side.
///
/// Both spellings of its configuration are read: a flag for each mode of old, joined in the order
/// of POOLING_MODES, and `pooling_mode` of new, in its own order.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kindred/result.h"
#include "tensor/tensor.h"

namespace kindred::embed {

class Pooling {
 public:
  /// Reads the module's configuration. A mode that we don't have is an error that names it and
  /// those we have.
  static Result<Pooling> read(const std::filesystem::path& path);
  /// One mode: "cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken".
  static Pooling of(const char* mode);

  /// tokens: rows x columns. Result: sequences x (modes x columns). The first `prompt_tokens`
  /// tokens of each sequence count as the configuration says.
  tensor::Tensor apply(tensor::Workspace& workspace, const tensor::Tensor& tokens,
                       tensor::Sequences sequences, std::size_t prompt_tokens) const;

  std::size_t modes() const { return modes_.size(); }
  /// The modes' names, joined by "+".
  std::string name() const;
  bool include_prompt() const { return include_prompt_; }
  /// Of the tokens' vectors, where the configuration says it.
  std::optional<std::size_t> token_dimensions() const { return token_dimensions_; }

 private:
  std::vector<std::size_t> modes_;  // rows of the table of modes
  bool include_prompt_ = true;
  std::optional<std::size_t> token_dimensions_;
};

}  // namespace kindred::embed
