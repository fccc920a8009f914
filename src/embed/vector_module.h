/// What stands behind the pooling in a sentence-transformers folder: a list of modules, each of
/// which makes a text's vector (or, where there is no pooling, a token's) into another one.
///
/// A kind of module is one row of the table in vector_module.cpp. The reference: sentence-
/// transformers' modules of the same names.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "kindred/result.h"
#include "tensor/tensor.h"

namespace kindred::embed {

class VectorModule {
 public:
  virtual ~VectorModule() = default;
  /// Of the vectors that it gives.
  virtual std::size_t dimensions() const = 0;
  /// x: rows x the dimensions that it was opened for. A row's bits depend on that row alone.
  virtual tensor::Tensor apply(tensor::Workspace& workspace, tensor::Tensor x) const = 0;
};

/// A module of modules.json.
struct ModuleFolder {
  std::string kind;  ///< the last part of its class path: "Dense"
  std::filesystem::path folder;
};

/// What a module reads and writes: the vectors of texts, or those of tokens. Files say it by these
/// names.
inline constexpr std::string_view kSentenceEmbedding = "sentence_embedding";
inline constexpr std::string_view kTokenEmbeddings = "token_embeddings";

/// dimensions: of the vectors that come to it. A kind that we don't have is an error that names it
/// and those we have.
Result<std::unique_ptr<const VectorModule>> open_module(
    const ModuleFolder& module, std::size_t dimensions,
    std::string_view embeddings = kSentenceEmbedding);

}  // namespace kindred::embed
