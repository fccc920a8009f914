#include "tensorflow/saved_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "files/data_type.h"
#include "files/excerpt.h"
#include "files/wire_format.h"

namespace kindred::tensorflow {
namespace {

using files::WireReader;
using Field = WireReader::Field;
using Kind = WireReader::Kind;

constexpr std::size_t kMostAxes = 64;

Result<std::vector<Field>> fields_of(std::string_view message, std::string_view place) {
  std::vector<Field> fields;
  WireReader reader(message, place);
  while (const auto field = KINDRED_TRY(reader.next())) fields.push_back(*field);
  return fields;
}

/// The last field of this number; nothing where there is none.
Result<std::optional<Field>> find_field(std::string_view message, std::uint64_t number,
                                        std::string_view place) {
  std::optional<Field> found;
  for (const Field& field : KINDRED_TRY(fields_of(message, place)))
    if (field.number == number) found = field;
  return found;
}

/// Whole numbers that stand packed in one field or alone.
Result<void> add_numbers(const Field& field, std::vector<std::uint64_t>& out) {
  if (field.kind == Kind::number) {
    out.push_back(field.value);
    return {};
  }
  if (field.kind != Kind::bytes) return fail(ErrorCode::corrupt, "numbers of another kind");
  std::uint64_t value = 0;
  int shift = 0;
  for (const char c : field.bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (shift > 63) return fail(ErrorCode::corrupt, "a number does not end");
    value |= std::uint64_t{byte & 0x7FU} << shift;
    shift += 7;
    if (byte < 0x80) {
      out.push_back(value);
      value = 0;
      shift = 0;
    }
  }
  if (shift != 0) return fail(ErrorCode::corrupt, "a number does not end");
  return {};
}

/// A map's entry: its key and its value.
Result<std::pair<std::string_view, std::string_view>> read_pair(std::string_view message,
                                                                std::string_view place) {
  std::pair<std::string_view, std::string_view> pair;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes)) pair.first = field.bytes;
    if (field.is(2, Kind::bytes)) pair.second = field.bytes;
  }
  return pair;
}

Result<Shape> read_shape(std::string_view message, std::string_view place) {
  Shape shape;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (!field.is(2, Kind::bytes)) continue;
    if (shape.size() == kMostAxes) return fail(ErrorCode::corrupt, "has too many axes");
    const auto size = KINDRED_TRY(find_field(field.bytes, 1, place));
    shape.push_back(size ? size->value : 0);
  }
  return shape;
}

/// Of values that stand in tensor_content, row by row; one in each `Stored`.
template <typename Stored, typename Out>
void read_content(std::string_view content, std::vector<Out>& out) {
  out.resize(content.size() / sizeof(Stored));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored one;
    std::memcpy(&one, content.data() + i * sizeof one, sizeof one);
    out[i] = static_cast<Out>(one);
  }
}

/// A field of floating-point numbers, packed or alone.
template <typename Stored>
void add_reals(const Field& field, std::vector<float>& out) {
  if (field.kind == Kind::bytes) {
    std::vector<float> more;
    read_content<Stored>(field.bytes, more);
    out.insert(out.end(), more.begin(), more.end());
  } else if (sizeof(Stored) == 4 && field.kind == Kind::fixed32) {
    out.push_back(field.as_float());
  } else if (sizeof(Stored) == 8 && field.kind == Kind::fixed64) {
    out.push_back(static_cast<float>(std::bit_cast<double>(field.value)));
  }
}

/// As many values as the shape asks for: the last one stands for those that are left out.
template <typename T>
Result<std::vector<T>> filled(std::vector<T> values, const Shape& shape) {
  const auto count = count_of(shape);
  if (!count || values.size() > *count)
    return fail(ErrorCode::corrupt, "a constant has another size than its shape");
  const T last = values.empty() ? T{} : values.back();
  values.resize(*count, last);
  return values;
}

Result<Value> read_tensor(std::string_view message, std::string_view place) {
  std::uint64_t type = 0;
  Shape shape;
  std::string_view content;
  std::vector<float> floats;
  std::vector<std::uint64_t> numbers;
  std::vector<Text> texts;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::number)) type = field.value;
    if (field.is(2, Kind::bytes)) shape = KINDRED_TRY(read_shape(field.bytes, place));
    if (field.is(4, Kind::bytes)) content = field.bytes;
    if (field.number == 5) add_reals<float>(field, floats);
    if (field.number == 6) add_reals<double>(field, floats);
    if (field.number == 7 || field.number == 10 || field.number == 11)
      KINDRED_TRY(add_numbers(field, numbers));
    if (field.is(8, Kind::bytes)) texts.emplace_back(field.bytes);
  }
  std::vector<std::int64_t> integers(numbers.size());
  std::ranges::transform(numbers, integers.begin(),
                         [](std::uint64_t number) { return std::bit_cast<std::int64_t>(number); });
  switch (static_cast<Type>(type)) {
    case Type::f32:
      if (!content.empty()) read_content<float>(content, floats);
      return Value::floats(shape, KINDRED_TRY(filled(std::move(floats), shape)));
    case Type::f64:
      if (!content.empty()) read_content<double>(content, floats);
      return Value::floats(shape, KINDRED_TRY(filled(std::move(floats), shape)));
    case Type::i32:
      if (!content.empty()) read_content<std::int32_t>(content, integers);
      return Value::integers(Type::i32, shape, KINDRED_TRY(filled(std::move(integers), shape)));
    case Type::i64:
      if (!content.empty()) read_content<std::int64_t>(content, integers);
      return Value::integers(Type::i64, shape, KINDRED_TRY(filled(std::move(integers), shape)));
    case Type::boolean:
      if (!content.empty()) read_content<std::uint8_t>(content, integers);
      for (std::int64_t& value : integers) value = value != 0 ? 1 : 0;
      return Value::integers(Type::boolean, shape, KINDRED_TRY(filled(std::move(integers), shape)));
    case Type::text:
      return Value::texts(shape, KINDRED_TRY(filled(std::move(texts), shape)));
    default:
      return fail(ErrorCode::unsupported, fmt::format("a constant has the type {}", type));
  }
}

Result<Node> read_node(std::string_view message, std::string_view place) {
  Node node;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes)) node.name = field.bytes;
    if (field.is(2, Kind::bytes)) node.operation = field.bytes;
    if (field.is(3, Kind::bytes)) node.inputs.push_back(field.bytes);
    if (field.is(5, Kind::bytes))
      node.attributes.push_back(KINDRED_TRY(read_pair(field.bytes, place)));
  }
  return node;
}

Result<Argument> read_argument(std::string_view message, std::string_view place) {
  Argument argument;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes)) argument.name = field.bytes;
    if (field.is(3, Kind::number)) argument.type = static_cast<Type>(field.value);
  }
  return argument;
}

/// A function's name, arguments and results.
Result<void> read_declaration(std::string_view message, std::string_view place,
                              Function& function) {
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes)) function.name = field.bytes;
    if (field.is(2, Kind::bytes))
      function.inputs.push_back(KINDRED_TRY(read_argument(field.bytes, place)));
    if (field.is(3, Kind::bytes))
      function.outputs.push_back(KINDRED_TRY(read_argument(field.bytes, place)));
  }
  return {};
}

Result<Function> read_function(std::string_view message, std::string_view place) {
  Function function;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes)) KINDRED_TRY(read_declaration(field.bytes, place, function));
    if (field.is(3, Kind::bytes))
      function.nodes.push_back(KINDRED_TRY(read_node(field.bytes, place)));
    if (field.is(4, Kind::bytes))
      function.returned.insert(KINDRED_TRY(read_pair(field.bytes, place)));
  }
  return function;
}

Result<Signature::Tensor> read_tensor_info(std::string_view message, std::string_view place) {
  Signature::Tensor tensor;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes)) tensor.name = field.bytes;
    if (field.is(2, Kind::number)) tensor.type = static_cast<Type>(field.value);
  }
  return tensor;
}

Result<Signature> read_signature(std::string_view message, std::string_view place) {
  Signature signature;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (!field.is(1, Kind::bytes) && !field.is(2, Kind::bytes)) continue;
    const auto [name, info] = KINDRED_TRY(read_pair(field.bytes, place));
    auto& side = field.number == 1 ? signature.inputs : signature.outputs;
    side[name] = KINDRED_TRY(read_tensor_info(info, place));
  }
  return signature;
}

Result<Asset> read_asset(std::string_view message, std::string_view place) {
  Asset asset;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes))
      asset.tensor = KINDRED_TRY(read_tensor_info(field.bytes, place)).name;
    if (field.is(2, Kind::bytes)) asset.file = field.bytes;
  }
  return asset;
}

/// A collection of messages, each with the name of its type (google.protobuf.Any).
Result<void> read_assets_of_collection(std::string_view message, std::string_view place,
                                       std::vector<Asset>& out) {
  const auto list = KINDRED_TRY(find_field(message, 5, place));
  if (!list || list->kind != Kind::bytes) return {};
  for (const Field& field : KINDRED_TRY(fields_of(list->bytes, place))) {
    if (!field.is(1, Kind::bytes)) continue;
    const auto any = KINDRED_TRY(read_pair(field.bytes, place));
    out.push_back(KINDRED_TRY(read_asset(any.second, place)));
  }
  return {};
}

/// The number of a message's field 1, 0 where there is none; the text of one of its fields.
Result<std::size_t> first_number(std::string_view message, std::string_view place) {
  const auto field = KINDRED_TRY(find_field(message, 1, place));
  return field && field->kind == Kind::number ? field->value : 0;
}
Result<std::string_view> text_of(std::string_view message, std::uint64_t number,
                                 std::string_view place) {
  const auto field = KINDRED_TRY(find_field(message, number, place));
  return field ? field->bytes : std::string_view();
}

Result<Object> read_object(std::string_view message, std::string_view place) {
  using ObjectKind = Object::Kind;
  Object object;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.kind != Kind::bytes) continue;
    switch (field.number) {
      case 1:
        object.children[KINDRED_TRY(text_of(field.bytes, 2, place))] =
            KINDRED_TRY(first_number(field.bytes, place));
        break;
      case 5:
        object.kind = ObjectKind::asset;
        object.asset = KINDRED_TRY(first_number(field.bytes, place));
        break;
      case 6:
        object.kind = ObjectKind::function;
        for (const Field& form : KINDRED_TRY(fields_of(field.bytes, place)))
          if (form.is(1, Kind::bytes)) object.functions.push_back(form.bytes);
        break;
      case 7:
        object.kind = ObjectKind::variable;
        break;
      case 8:
        object.kind = ObjectKind::function;
        object.functions.push_back(KINDRED_TRY(text_of(field.bytes, 1, place)));
        break;
      case 9:
        object.kind = ObjectKind::constant;
        object.constant = KINDRED_TRY(text_of(field.bytes, 1, place));
        break;
      case 10:
        object.kind = ObjectKind::resource;
        break;
      default:
        break;
    }
  }
  return object;
}

Result<void> read_objects(std::string_view message, std::string_view place, SavedModel& model) {
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes))
      model.objects.push_back(KINDRED_TRY(read_object(field.bytes, place)));
    if (!field.is(2, Kind::bytes)) continue;
    const auto [name, function] = KINDRED_TRY(read_pair(field.bytes, place));
    std::vector<std::uint64_t> numbers;
    for (const Field& bound : KINDRED_TRY(fields_of(function, place)))
      if (bound.number == 2) KINDRED_TRY(add_numbers(bound, numbers));
    model.bound[name].assign(numbers.begin(), numbers.end());
  }
  return {};
}

Result<void> read_library(std::string_view message, std::string_view place, SavedModel& model) {
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (!field.is(1, Kind::bytes)) continue;
    Function function = KINDRED_TRY(read_function(field.bytes, place));
    model.functions.emplace(function.name, std::move(function));
  }
  return {};
}

Result<void> read_graph(std::string_view message, std::string_view place, SavedModel& model) {
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(1, Kind::bytes)) model.nodes.push_back(KINDRED_TRY(read_node(field.bytes, place)));
    if (field.is(2, Kind::bytes)) KINDRED_TRY(read_library(field.bytes, place, model));
  }
  return {};
}

Result<SavedModel> read_meta_graph(std::string_view message, std::string_view place) {
  SavedModel model;
  for (const Field& field : KINDRED_TRY(fields_of(message, place))) {
    if (field.is(2, Kind::bytes)) KINDRED_TRY(read_graph(field.bytes, place, model));
    if (field.is(4, Kind::bytes)) {
      const auto [name, collection] = KINDRED_TRY(read_pair(field.bytes, place));
      if (name == "saved_model_assets")
        KINDRED_TRY(read_assets_of_collection(collection, place, model.assets));
    }
    if (field.is(5, Kind::bytes)) {
      const auto [name, signature] = KINDRED_TRY(read_pair(field.bytes, place));
      model.signatures[name] = KINDRED_TRY(read_signature(signature, place));
    }
    if (field.is(6, Kind::bytes))
      model.assets.push_back(KINDRED_TRY(read_asset(field.bytes, place)));
    if (field.is(7, Kind::bytes)) KINDRED_TRY(read_objects(field.bytes, place, model));
  }
  return model;
}

/// Whether a MetaGraph is meant to be run.
Result<bool> is_served(std::string_view message, std::string_view place) {
  bool served = false;
  const auto info = KINDRED_TRY(find_field(message, 1, place));
  if (!info || info->kind != Kind::bytes) return served;
  for (const Field& field : KINDRED_TRY(fields_of(info->bytes, place))) {
    served = served || (field.is(4, Kind::bytes) && field.bytes == "serve");
  }
  return served;
}

/// The part of an attribute's value that has this number.
std::optional<Field> part_of(const Node& node, std::string_view attribute, std::uint64_t number) {
  const auto found = std::ranges::find(node.attributes, attribute,
                                       &std::pair<std::string_view, std::string_view>::first);
  if (found == node.attributes.end()) return std::nullopt;
  const auto field = find_field(found->second, number, "");
  return field ? *field : std::nullopt;
}

}  // namespace

std::optional<std::string_view> Node::text(std::string_view attribute) const {
  const auto field = part_of(*this, attribute, 2);
  return field && field->kind == Kind::bytes ? std::optional(field->bytes) : std::nullopt;
}

std::optional<std::int64_t> Node::integer(std::string_view attribute) const {
  const auto field = part_of(*this, attribute, 3);
  if (!field || field->kind != Kind::number) return std::nullopt;
  return std::bit_cast<std::int64_t>(field->value);
}

std::optional<Type> Node::type(std::string_view attribute) const {
  const auto field = part_of(*this, attribute, 6);
  if (!field || field->kind != Kind::number) return std::nullopt;
  return static_cast<Type>(field->value);
}

std::vector<std::int64_t> Node::integers(std::string_view attribute) const {
  const auto list = part_of(*this, attribute, 1);
  if (!list || list->kind != Kind::bytes) return {};
  const auto fields = fields_of(list->bytes, "");
  if (!fields) return {};
  std::vector<std::uint64_t> numbers;
  for (const Field& field : *fields)
    if (field.number == 3 && !add_numbers(field, numbers)) return {};
  std::vector<std::int64_t> integers(numbers.size());
  std::ranges::transform(numbers, integers.begin(),
                         [](std::uint64_t number) { return std::bit_cast<std::int64_t>(number); });
  return integers;
}

std::optional<std::string_view> Node::function(std::string_view attribute) const {
  const auto field = part_of(*this, attribute, 10);
  if (!field || field->kind != Kind::bytes) return std::nullopt;
  const auto called = find_field(field->bytes, 1, "");
  if (!called || !*called || (*called)->kind != Kind::bytes) return std::nullopt;
  return (*called)->bytes;
}

bool Node::flag(std::string_view attribute, bool otherwise) const {
  const auto field = part_of(*this, attribute, 5);
  return field && field->kind == Kind::number ? field->value != 0 : otherwise;
}

Result<Value> Node::tensor(std::string_view attribute) const {
  const auto field = part_of(*this, attribute, 8);
  if (!field || field->kind != Kind::bytes) return fail(ErrorCode::corrupt, "has no value");
  return read_tensor(field->bytes, "its value");
}

Result<SavedModel> parse_saved_model(std::string_view bytes, std::string_view name) {
  std::optional<std::string_view> chosen;
  bool served = false;
  for (const Field& field : KINDRED_TRY(fields_of(bytes, name))) {
    if (!field.is(2, Kind::bytes) || served) continue;
    served = KINDRED_TRY(is_served(field.bytes, name));
    if (!chosen || served) chosen = field.bytes;
  }
  if (!chosen) return fail(ErrorCode::corrupt, fmt::format("{}: holds no graph", name));
  return read_meta_graph(*chosen, name);
}

Result<std::map<std::size_t, std::string_view>> parse_checkpoint_keys(std::string_view bytes,
                                                                      std::string_view name) {
  std::map<std::size_t, std::string_view> keys;
  std::size_t number = 0;
  for (const Field& object : KINDRED_TRY(fields_of(bytes, name))) {
    if (!object.is(1, Kind::bytes)) continue;
    for (const Field& attribute : KINDRED_TRY(fields_of(object.bytes, name))) {
      if (!attribute.is(2, Kind::bytes)) continue;
      if (KINDRED_TRY(text_of(attribute.bytes, 1, name)) == "VARIABLE_VALUE")
        keys[number] = KINDRED_TRY(text_of(attribute.bytes, 3, name));
    }
    ++number;
  }
  return keys;
}

}  // namespace kindred::tensorflow
