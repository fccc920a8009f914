#include "tensorflow/text_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "base/mapped_file.h"
#include "files/excerpt.h"
#include "files/tensor_bundle.h"
#include "tensorflow/program.h"
#include "tensorflow/saved_model.h"

namespace kindred::tensorflow {
namespace {

constexpr std::string_view kFile = "saved_model.pb";
constexpr std::array<std::string_view, 2> kSignatures = {"serving_default", "default"};

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool has_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

struct TextModel::Parts {
  std::string place;                    // of the description, for messages
  std::vector<base::MappedFile> files;  // empty where parse() was given the bytes
  std::span<const std::byte> description;
  Assets assets;
  files::TensorBundle variables;
  SavedModel model;
  Program program;
  std::size_t dimensions = 0;

  std::unexpected<Error> wrong(ErrorCode code, std::string_view problem) const {
    return fail(code, fmt::format("{}: {}", place, problem));
  }
  Result<void> build();
  Result<Slot> build_objects(ProgramBuilder& builder);
  Result<Slot> build_signature(ProgramBuilder& builder);
  Result<Value> variable(std::string_view name) const;
  Result<std::string_view> read_asset(std::string_view name) const;
  Result<Value> run(tensor::Workspace& workspace, std::span<const std::string_view> texts) const;
};

Result<Value> TextModel::Parts::variable(std::string_view name) const {
  const files::StoredTensor* tensor = variables.find(name);
  if (tensor == nullptr)
    return fail(ErrorCode::corrupt,
                fmt::format("there is no variable \"{}\"", files::excerpt(name)));
  return Value::stored(*tensor);
}

Result<std::string_view> TextModel::Parts::read_asset(std::string_view name) const {
  const auto found = assets.find(name);
  if (found == assets.end())
    return fail(ErrorCode::corrupt, fmt::format("there is no file \"{}\"", files::excerpt(name)));
  return as_text(found->second);
}

/// The model of TensorFlow 2: functions, and the objects that they were bound to.
Result<Slot> TextModel::Parts::build_objects(ProgramBuilder& builder) {
  using Kind = Object::Kind;
  std::map<std::size_t, std::string_view> keys;
  if (const auto* graph = variables.text("_CHECKPOINTABLE_OBJECT_GRAPH"))
    keys = KINDRED_TRY(parse_checkpoint_keys(*graph, "_CHECKPOINTABLE_OBJECT_GRAPH"));
  std::map<std::size_t, Slot> slots;
  const auto slot_of = [&](std::size_t number) -> Result<Slot> {
    if (const auto known = slots.find(number); known != slots.end()) return known->second;
    if (number >= model.objects.size()) return fail(ErrorCode::corrupt, "names no object");
    const Object& object = model.objects[number];
    Value value;
    switch (object.kind) {
      case Kind::variable: {
        const auto key = keys.find(number);
        if (key == keys.end()) return fail(ErrorCode::corrupt, "has a variable without a value");
        value = KINDRED_TRY(variable(key->second));
        break;
      }
      case Kind::asset:
        if (object.asset >= model.assets.size())
          return fail(ErrorCode::corrupt, "names a file that there is not");
        value = Value::texts({}, {Text(model.assets[object.asset].file)});
        break;
      case Kind::resource:
        value = {.type = Type::resource, .data = Handle{fmt::format("object {}", number)}};
        break;
      case Kind::constant:
        return slots[number] = KINDRED_TRY(builder.tensor(object.constant, {}));
      default:
        return fail(ErrorCode::unsupported, "binds a function to an object of another kind");
    }
    return slots[number] = builder.constant(std::move(value));
  };
  const auto bound_to = [&](std::string_view function) -> Result<std::vector<Slot>> {
    std::vector<Slot> bound;
    if (const auto numbers = model.bound.find(function); numbers != model.bound.end())
      for (const std::size_t number : numbers->second)
        bound.push_back(KINDRED_TRY(slot_of(number)));
    return bound;
  };

  for (const Object& object : model.objects) {
    const auto initialize = object.children.find("_initialize");
    if (initialize == object.children.end() || initialize->second >= model.objects.size()) continue;
    for (const std::string_view function : model.objects[initialize->second].functions) {
      const auto bound = KINDRED_TRY(bound_to(function));
      KINDRED_TRY(builder.fill_tables(function, bound));
    }
  }

  /// The first form of a function that takes one list of texts.
  const auto called = [&](std::size_t number) -> std::string_view {
    if (number >= model.objects.size()) return {};
    for (const std::string_view name : model.objects[number].functions) {
      const auto function = model.functions.find(name);
      if (function == model.functions.end()) continue;
      const auto bound = model.bound.find(name);
      const std::size_t count = bound == model.bound.end() ? 0 : bound->second.size();
      const auto& inputs = function->second.inputs;
      if (inputs.size() == count + 1 && inputs[0].type == Type::text) return name;
    }
    return {};
  };
  std::string_view chosen;
  const auto& root = model.objects.front().children;
  if (const auto call = root.find("__call__"); call != root.end()) chosen = called(call->second);
  if (const auto signatures = root.find("signatures");
      signatures != root.end() && signatures->second < model.objects.size()) {
    const auto& named = model.objects[signatures->second].children;
    for (const std::string_view name : kSignatures)
      if (const auto found = named.find(name); chosen.empty() && found != named.end())
        chosen = called(found->second);
  }
  if (chosen.empty())
    return fail(ErrorCode::unsupported,
                "has no function __call__, serving_default or default of one list of texts");
  std::vector<Slot> arguments = {builder.argument()};
  const auto bound = KINDRED_TRY(bound_to(chosen));
  arguments.insert(arguments.end(), bound.begin(), bound.end());
  const auto results = KINDRED_TRY(builder.call(chosen, arguments));
  if (results.size() != 1)
    return fail(ErrorCode::unsupported,
                fmt::format("its function gives {} results, not one", results.size()));
  return results[0];
}

/// The model of TensorFlow 1: a graph, and a signature that says where texts go in.
Result<Slot> TextModel::Parts::build_signature(ProgramBuilder& builder) {
  const auto without_output = [](std::string_view tensor) {
    return tensor.substr(0, tensor.find(':'));
  };
  std::map<std::string_view, Slot> fed;
  for (const Asset& asset : model.assets)
    fed[without_output(asset.tensor)] = builder.constant(Value::texts({}, {Text(asset.file)}));
  KINDRED_TRY(builder.fill_tables(fed));
  for (const std::string_view name : kSignatures) {
    const auto found = model.signatures.find(name);
    if (found == model.signatures.end()) continue;
    const auto& [inputs, outputs] = found->second;
    if (inputs.size() != 1 || inputs.begin()->second.type != Type::text) continue;
    auto output = outputs.find("default");
    if (output == outputs.end() && outputs.size() == 1) output = outputs.begin();
    if (output == outputs.end()) continue;
    fed[without_output(inputs.begin()->second.name)] = builder.argument();
    return builder.tensor(output->second.name, fed);
  }
  return fail(ErrorCode::unsupported,
              "has no signature \"serving_default\" or \"default\" from texts to one result");
}

Result<void> TextModel::Parts::build() {
  ProgramBuilder builder(
      model, [this](std::string_view name) { return variable(name); },
      [this](std::string_view name) { return read_asset(name); });
  const auto output = model.objects.empty() ? build_signature(builder) : build_objects(builder);
  if (!output) return wrong(output.error().code, output.error().message);
  program = builder.finish(*output);
  // What a text becomes shows how long vectors are, and that the graph can be run.
  tensor::Workspace workspace;
  const std::array<std::string_view, 1> probe = {"a"};
  const auto value = run(workspace, probe);
  if (!value) return std::unexpected(value.error());
  dimensions = value->shape[1];
  return {};
}

Result<Value> TextModel::Parts::run(tensor::Workspace& workspace,
                                    std::span<const std::string_view> texts) const {
  std::vector<Text> given(texts.begin(), texts.end());
  const std::array<Value, 1> arguments = {Value::texts({texts.size()}, std::move(given))};
  auto value = program.run(workspace, arguments);
  if (!value) return wrong(value.error().code, value.error().message);
  if (value->type != Type::f32 || value->shape.size() != 2 || value->shape[0] != texts.size() ||
      value->shape[1] == 0)
    return wrong(ErrorCode::unsupported,
                 fmt::format("gives [{}] for {} texts, not a vector for each",
                             fmt::join(value->shape, ", "), texts.size()));
  return value;
}

TextModel::TextModel(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TextModel::TextModel(TextModel&&) noexcept = default;
TextModel& TextModel::operator=(TextModel&&) noexcept = default;
TextModel::~TextModel() = default;

bool TextModel::is_one(const std::filesystem::path& folder) { return has_file(folder / kFile); }

Result<TextModel> TextModel::parse(std::span<const std::byte> description, Assets assets,
                                   files::TensorBundle variables, std::string_view name) {
  auto parts = std::make_unique<Parts>();
  parts->place = name;
  parts->description = description;
  parts->assets = std::move(assets);
  parts->variables = std::move(variables);
  parts->model = KINDRED_TRY(parse_saved_model(as_text(description), name));
  KINDRED_TRY(parts->build());
  return TextModel(std::move(parts));
}

Result<TextModel> TextModel::open(const std::filesystem::path& folder) {
  const std::string name = (folder / kFile).string();
  std::vector<base::MappedFile> opened;
  opened.push_back(KINDRED_TRY(base::MappedFile::open(folder / kFile)));
  const auto description = opened.front().bytes();
  Assets assets;
  for (const Asset& asset : KINDRED_TRY(parse_saved_model(as_text(description), name)).assets) {
    const std::filesystem::path path(asset.file);
    if (path.empty() || path.is_absolute() ||
        std::ranges::find(path, std::filesystem::path("..")) != path.end())
      return fail(ErrorCode::corrupt, fmt::format("{}: needs the file \"{}\", which is not its own",
                                                  name, files::excerpt(asset.file)));
    opened.push_back(KINDRED_TRY(base::MappedFile::open(folder / "assets" / path)));
    assets.emplace(std::string(asset.file), opened.back().bytes());
  }
  files::TensorBundle variables;
  const auto prefix = folder / "variables" / "variables";
  if (has_file(prefix.string() + ".index"))
    variables = KINDRED_TRY(files::TensorBundle::open(prefix));
  TextModel model = KINDRED_TRY(parse(description, std::move(assets), std::move(variables), name));
  model.parts_->files = std::move(opened);  // whose bytes keep their places
  return model;
}

std::size_t TextModel::dimensions() const { return parts_->dimensions; }

std::size_t TextModel::parameters() const {
  std::size_t count = 0;
  for (const files::StoredTensor& tensor : parts_->variables.tensors())
    if (files::is_real(tensor.type)) count += tensor.size();
  return count;
}

std::vector<std::span<const std::byte>> TextModel::contents() const {
  auto contents = parts_->variables.contents();
  contents.push_back(parts_->description);
  for (const auto& [name, bytes] : parts_->assets) contents.push_back(bytes);
  return contents;
}

Result<tensor::Tensor> TextModel::run(tensor::Workspace& workspace,
                                      std::span<const std::string_view> texts) const {
  const Value value = KINDRED_TRY(parts_->run(workspace, texts));
  if (value.shape[1] != parts_->dimensions)
    return parts_->wrong(ErrorCode::unsupported, "gives vectors of several lengths");
  tensor::Tensor out = workspace.tensor(texts.size(), parts_->dimensions);
  std::ranges::copy(std::get<std::vector<float>>(value.data), out.data());
  return out;
}

}  // namespace kindred::tensorflow
