#include "files/jsonl.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "files/json_error.h"

namespace kindred::files {
namespace {

bool is_json_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view kind_of(simdjson::dom::element_type type) {
  using simdjson::dom::element_type;
  switch (type) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::BOOL:
      return "true or false";
    case element_type::NULL_VALUE:
      return "null";
    case element_type::STRING:
      return "text";
    default:
      return "a number";
  }
}

/// Walks over JSON that simdjson found valid, to learn where its parts are: simdjson says what a
/// value means, not how the file spells it.
class Spelling {
 public:
  explicit Spelling(std::string_view valid) : text_(valid) {}

  void skip_blanks() {
    while (is_json_blank(text_[at_])) ++at_;
  }
  /// Goes past one symbol: a brace, a colon, a comma.
  void skip_symbol() {
    skip_blanks();
    ++at_;
  }
  bool object_ends() {
    skip_blanks();
    return text_[at_] == '}';
  }

  std::string_view string() {
    skip_blanks();
    const std::size_t begin = at_++;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string_view value() {
    skip_blanks();
    if (text_[at_] == '"') return string();
    const std::size_t begin = at_;
    std::size_t open = 0;
    for (;; ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        string();
        --at_;  // the loop's step goes past the closing quote
      } else if (c == '{' || c == '[') {
        ++open;
      } else if (c == '}' || c == ']') {
        if (open == 0) break;
        if (--open == 0) {
          ++at_;
          break;
        }
      } else if (open == 0 && (c == ',' || is_json_blank(c))) {
        break;
      }
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Appends valid JSON without the blanks between its parts.
void append_compact(std::string& out, std::string_view valid) {
  bool in_string = false;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    if (!in_string && is_json_blank(valid[i])) continue;
    out += valid[i];
    if (in_string && valid[i] == '\\')
      out += valid[++i];
    else if (valid[i] == '"')
      in_string = !in_string;
  }
}

}  // namespace

struct JsonLines::Parts {
  struct Field {
    std::string_view name;
    simdjson::dom::element value;
    std::string_view spelled_name;  // with its quotes
    std::string_view spelled_value;
    bool counts = true;  // no later field has the same name
  };

  simdjson::dom::parser parser;
  std::string line;  // the current one, with the padding that simdjson reads beyond the end
  std::vector<Field> fields;
  std::vector<std::size_t> by_name;

  /// A name that comes twice stands for its last field.
  void mark_those_that_count() {
    by_name.resize(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) by_name[i] = i;
    std::ranges::sort(by_name, [&](std::size_t a, std::size_t b) {
      return std::pair(fields[a].name, a) < std::pair(fields[b].name, b);
    });
    for (std::size_t i = 1; i < by_name.size(); ++i)
      if (fields[by_name[i - 1]].name == fields[by_name[i]].name)
        fields[by_name[i - 1]].counts = false;
  }

  const Field* find(std::string_view name) const {
    for (const Field& field : fields)
      if (field.counts && field.name == name) return &field;
    return nullptr;
  }
};

JsonLines::JsonLines(LineReader lines)
    : lines_(std::move(lines)), parts_(std::make_unique<Parts>()) {}
JsonLines::JsonLines(JsonLines&&) noexcept = default;
JsonLines& JsonLines::operator=(JsonLines&&) noexcept = default;
JsonLines::~JsonLines() = default;

Result<JsonLines> JsonLines::open(const std::filesystem::path& path) {
  return JsonLines(KINDRED_TRY(LineReader::open(path, kMaximumLine)));
}

Result<bool> JsonLines::next() {
  parts_->fields.clear();
  std::optional<std::string_view> line;
  do {
    line = KINDRED_TRY(lines_.next());
    if (!line) return false;
  } while (std::ranges::all_of(*line, is_json_blank));

  std::string& text = parts_->line;
  text.assign(*line);
  text.append(simdjson::SIMDJSON_PADDING, ' ');
  const auto broken = [&](std::string_view problem) {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", lines_.place(), problem));
  };
  if (parts_->parser.max_depth() != kMaximumJsonDepth || parts_->parser.capacity() < line->size()) {
    const std::size_t capacity = std::max(line->size() * 2, std::size_t{1} << 12);
    if (const auto error = parts_->parser.allocate(capacity, kMaximumJsonDepth))
      return broken(json_problem(error));
  }
  simdjson::dom::element document;
  if (const auto error = parts_->parser.parse(text.data(), line->size(), false).get(document))
    return broken(json_problem(error));
  simdjson::dom::object object;
  if (document.get(object) != simdjson::SUCCESS)
    return broken(fmt::format("is {}, an object is needed", kind_of(document.type())));

  Spelling spelling(std::string_view(text.data(), line->size()));
  spelling.skip_symbol();  // {
  for (const auto& [name, value] : object) {
    const auto spelled_name = spelling.string();
    spelling.skip_symbol();  // :
    const auto spelled_value = spelling.value();
    parts_->fields.push_back({name, value, spelled_name, spelled_value});
    if (!spelling.object_ends()) spelling.skip_symbol();  // ,
  }
  parts_->mark_those_that_count();
  return true;
}

Result<std::optional<std::string_view>> JsonLines::optional_text(std::string_view name) const {
  const auto* field = parts_->find(name);
  if (field == nullptr) return std::nullopt;
  using simdjson::dom::element_type;
  std::string_view text;
  switch (field->value.type()) {
    case element_type::NULL_VALUE:
      return std::nullopt;
    case element_type::STRING:
      if (field->value.get(text) != simdjson::SUCCESS) text = {};
      return text;
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
      return field->spelled_value;
    default:
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: field \"{}\" is {}, text is needed", lines_.place(), name,
                              kind_of(field->value.type())));
  }
}

Result<std::string_view> JsonLines::text(std::string_view field) const {
  const auto text = KINDRED_TRY(optional_text(field));
  if (!text)
    return fail(
        ErrorCode::invalid_argument,
        parts_->find(field) == nullptr
            ? fmt::format("{}: has no field \"{}\"", lines_.place(), field)
            : fmt::format("{}: field \"{}\" is null, text is needed", lines_.place(), field));
  return *text;
}

std::string JsonLines::others(std::span<const std::string_view> without) const {
  std::string json = "{";
  for (const auto& field : parts_->fields) {
    if (!field.counts || std::ranges::find(without, field.name) != without.end()) continue;
    if (json.size() > 1) json += ',';
    json += field.spelled_name;
    json += ':';
    append_compact(json, field.spelled_value);
  }
  return json + '}';
}

}  // namespace kindred::files
