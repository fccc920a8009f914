/// What a SavedModel says of itself: saved_model.pb, of TensorFlow 1 and 2.
///
/// One MetaGraph of the file is read (that with the tag "serve", else the first): a graph of nodes,
/// a library of functions, signatures, the files that it needs (assets), and, of TensorFlow 2, the
/// objects that it was made of. Attributes are kept as their bytes and read when somebody asks.
/// Nothing is interpreted here: program.h does that.
/// Source: saved_model.proto, meta_graph.proto, graph.proto, function.proto, node_def.proto,
/// attr_value.proto, tensor.proto, saved_object_graph.proto of TensorFlow 2.21.
///
/// Everything points into the bytes that were read. Thread safety: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kindred/result.h"
#include "tensorflow/value.h"

namespace kindred::tensorflow {

struct Node {
  std::string_view name;
  std::string_view operation;
  std::vector<std::string_view> inputs;  ///< "node", "node:1", "node:output:0", "^node"
  std::vector<std::pair<std::string_view, std::string_view>> attributes;

  /// Attributes; nothing where there is none of this name and kind.
  std::optional<std::string_view> text(std::string_view attribute) const;
  std::optional<std::int64_t> integer(std::string_view attribute) const;
  std::optional<Type> type(std::string_view attribute) const;
  std::vector<std::int64_t> integers(std::string_view attribute) const;
  /// The function's name.
  std::optional<std::string_view> function(std::string_view attribute) const;
  bool flag(std::string_view attribute, bool otherwise) const;
  /// Fails where there is none, or one of a type or size that we don't read.
  Result<Value> tensor(std::string_view attribute) const;
};

struct Argument {
  std::string_view name;
  Type type = Type::none;
};

struct Function {
  std::string_view name;
  std::vector<Argument> inputs;
  std::vector<Argument> outputs;
  std::vector<Node> nodes;
  std::map<std::string_view, std::string_view> returned;  ///< by output: "node:output:0"
};

/// Tensors by the names of a signature: "sentences" -> "placeholder:0".
struct Signature {
  struct Tensor {
    std::string_view name;
    Type type = Type::none;
  };
  std::map<std::string_view, Tensor> inputs;
  std::map<std::string_view, Tensor> outputs;
};

struct Asset {
  std::string_view tensor;  ///< whose value is the file's name
  std::string_view file;    ///< in the folder assets/
};

/// An object of TensorFlow 2. Its number is its place in SavedModel::objects.
struct Object {
  enum class Kind : std::uint8_t { other, asset, function, variable, constant, resource };
  Kind kind = Kind::other;
  std::map<std::string_view, std::size_t> children;  ///< by their names
  std::vector<std::string_view> functions;  ///< of a function: its forms, by argument types
  std::size_t asset = 0;                    ///< of an asset: which
  std::string_view constant;                ///< of a constant: the node of the graph
};

struct SavedModel {
  std::vector<Node> nodes;
  std::map<std::string_view, Function> functions;
  std::map<std::string_view, Signature> signatures;
  std::vector<Asset> assets;
  std::vector<Object> objects;
  /// Of a function's name, the objects that come behind its own arguments.
  std::map<std::string_view, std::vector<std::size_t>> bound;
};

/// `name` is the file's, for messages.
Result<SavedModel> parse_saved_model(std::string_view bytes, std::string_view name);

/// The checkpoint's name of each object's variable, by the object's number (TrackableObjectGraph,
/// which a checkpoint of TensorFlow 2 has under "_CHECKPOINTABLE_OBJECT_GRAPH").
Result<std::map<std::size_t, std::string_view>> parse_checkpoint_keys(std::string_view bytes,
                                                                      std::string_view name);

}  // namespace kindred::tensorflow
