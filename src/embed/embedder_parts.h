/// What an Embedder holds, for the files that implement it.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "embed/layout.h"
#include "embed/text_encoder.h"
#include "embed/vector_module.h"
#include "kindred/embedder.h"
#include "tensor/tensor.h"

namespace kindred {

/// What a call asks for.
struct Embedder::Task {
  std::string prompt;
  std::size_t skipped_tokens = 0;
  bool normalize = false;
};

struct Embedder::Parts {
  embed::Layout layout;
  std::unique_ptr<const embed::TextEncoder> encoder;
  std::vector<std::unique_ptr<const embed::VectorModule>> modules;
  std::size_t width;       // of the vectors that the last module gives
  std::size_t dimensions;  // those that are kept

  std::once_flag described;
  ModelDescription description;

  Result<void> encode(const embed::TextTokens& tokens, std::span<const std::size_t> texts,
                      const Task& task, tensor::Workspace& workspace, std::size_t first_row,
                      Matrix& out) const;
};

}  // namespace kindred
