// Texts: replaced, lowered, split, joined, and looked up as numbers.
#include <farmhash.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "tensorflow/operation.h"

namespace kindred::tensorflow {
namespace {

/// Texts of all inputs together at most.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

Result<void> replace(Call& call, std::string_view pattern, std::string_view rewrite) {
  const Value& value = *KINDRED_TRY(call.input(0));
  std::vector<Text> texts = *KINDRED_TRY(call.texts(0));
  std::shared_ptr<const re2::RE2> expression = call.prepared.expression;
  if (!expression) {
    expression = std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()),
                                                  re2::RE2::Quiet);
    if (!expression->ok()) return wrong("has an expression that RE2 doesn't read");
  }
  const re2::StringPiece with(rewrite.data(), rewrite.size());
  std::string problem;
  if (!expression->CheckRewriteString(with, &problem)) return wrong("has a rewrite that can't be");
  const bool all = call.node.flag("replace_global", true);
  for (Text& text : texts) {
    // At most a rewrite of the whole text before each byte of it.
    std::string changed(text.view());
    if ((rewrite.size() + changed.size()) * (changed.size() + 1) > kMostBytes && !rewrite.empty())
      return wrong("may make too long texts");
    const bool any = all ? re2::RE2::GlobalReplace(&changed, *expression, with) > 0
                         : re2::RE2::Replace(&changed, *expression, with);
    if (any) text = Text(std::move(changed));
  }
  call.give(Value::texts(value.shape, std::move(texts)));
  return {};
}

Result<void> static_regex_replace(Call& call) {
  const auto pattern = call.node.text("pattern");
  return replace(call, pattern.value_or(""), call.node.text("rewrite").value_or(""));
}

Result<void> regex_replace(Call& call) {
  return replace(call, KINDRED_TRY(call.text(1)), KINDRED_TRY(call.text(2)));
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// ASCII only, as it is where no encoding is named.
template <bool Lower>
Result<void> change_case(Call& call) {
  if (!call.node.text("encoding").value_or("").empty())
    return fail(ErrorCode::unsupported, "changes the case of more than ASCII");
  std::vector<Text> texts = *KINDRED_TRY(call.texts(0));
  for (Text& text : texts) {
    std::string changed(text.view());
    for (char& c : changed) {
      if (Lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      if (!Lower && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    text = Text(std::move(changed));
  }
  call.give(Value::texts(call.inputs[0]->shape, std::move(texts)));
  return {};
}

Result<void> strip(Call& call) {
  std::vector<Text> texts = *KINDRED_TRY(call.texts(0));
  for (Text& text : texts) {
    std::string_view left = text.view();
    while (!left.empty() && is_space(left.front())) left.remove_prefix(1);
    while (!left.empty() && is_space(left.back())) left.remove_suffix(1);
    text = Text(left);
  }
  call.give(Value::texts(call.inputs[0]->shape, std::move(texts)));
  return {};
}

/// Gives lists of pieces as a sparse array: places, pieces, shape.
void give_pieces(Call& call, const std::vector<std::vector<std::string_view>>& lists) {
  std::vector<std::int64_t> places;
  std::vector<Text> pieces;
  std::size_t longest = 0;
  for (std::size_t row = 0; row < lists.size(); ++row) {
    longest = std::max(longest, lists[row].size());
    for (std::size_t i = 0; i < lists[row].size(); ++i) {
      places.push_back(static_cast<std::int64_t>(row));
      places.push_back(static_cast<std::int64_t>(i));
      pieces.emplace_back(lists[row][i]);
    }
  }
  const std::size_t count = pieces.size();
  call.give(Value::integers(Type::i64, {count, 2}, std::move(places)));
  call.give(Value::texts({count}, std::move(pieces)));
  call.give(Value::integers(
      Type::i64, {2},
      {static_cast<std::int64_t>(lists.size()), static_cast<std::int64_t>(longest)}));
}

Result<const std::vector<Text>*> texts_to_split(Call& call) {
  if (KINDRED_TRY(call.input(0))->shape.size() != 1) return wrong("splits what is no list");
  return call.texts(0);
}

/// At each of the delimiter's bytes; between all bytes where there is none.
Result<void> string_split(Call& call) {
  const auto& texts = *KINDRED_TRY(texts_to_split(call));
  const std::string_view delimiters = KINDRED_TRY(call.text(1));
  const bool skip_empty = call.node.flag("skip_empty", true);
  std::vector<std::vector<std::string_view>> lists(texts.size());
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const std::string_view text = texts[row].view();
    if (delimiters.empty()) {
      for (std::size_t i = 0; i < text.size(); ++i) lists[row].push_back(text.substr(i, 1));
      continue;
    }
    std::size_t begin = 0;
    while (begin <= text.size() && !text.empty()) {
      const std::size_t end = std::min(text.find_first_of(delimiters, begin), text.size());
      if (!skip_empty || end > begin) lists[row].push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  give_pieces(call, lists);
  return {};
}

/// As Python's str.split: at each separator, or, where it is empty, at white space.
Result<void> string_split_v2(Call& call) {
  const auto& texts = *KINDRED_TRY(texts_to_split(call));
  const std::string_view separator = KINDRED_TRY(call.text(1));
  const std::int64_t most = call.node.integer("maxsplit").value_or(-1);
  std::vector<std::vector<std::string_view>> lists(texts.size());
  for (std::size_t row = 0; row < texts.size(); ++row) {
    std::string_view left = texts[row].view();
    auto& pieces = lists[row];
    const auto may_split = [&] {
      return most < 0 || pieces.size() < static_cast<std::uint64_t>(most);
    };
    if (separator.empty() && most != 0) {
      const auto skip = [&] {
        while (!left.empty() && is_space(left.front())) left.remove_prefix(1);
      };
      for (skip(); !left.empty() && may_split(); skip()) {
        const auto* end = std::ranges::find_if(left, is_space);
        const auto size = static_cast<std::size_t>(end - left.begin());
        pieces.push_back(left.substr(0, size));
        left.remove_prefix(size);
      }
      // Unlike Python, what is left after the last split counts where it is empty, too.
      if (!may_split()) pieces.push_back(left);
      continue;
    }
    for (std::size_t end = left.find(separator); end != std::string_view::npos && may_split();
         end = left.find(separator)) {
      pieces.push_back(left.substr(0, end));
      left.remove_prefix(end + separator.size());
    }
    pieces.push_back(left);
  }
  give_pieces(call, lists);
  return {};
}

/// Texts of the same place, one behind the other; a single one goes to all places.
Result<void> string_join(Call& call) {
  if (call.inputs.empty()) return wrong("joins nothing");
  const Value* shaped = call.inputs[0];
  for (const Value* value : call.inputs)
    if (!value->shape.empty()) shaped = value;
  const std::string_view separator = call.node.text("separator").value_or("");
  std::vector<std::string> out(shaped->size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const auto& texts = *KINDRED_TRY(call.texts(i));
    const bool single = call.inputs[i]->shape.empty();
    if (!single && call.inputs[i]->shape != shaped->shape)
      return wrong("its inputs' shapes don't go together");
    for (std::size_t j = 0; j < out.size(); ++j) {
      if (i > 0) out[j] += separator;
      const std::string_view text = texts[single ? 0 : j].view();
      bytes += text.size() + separator.size();
      if (bytes > kMostBytes) return wrong("makes too long texts");
      out[j] += text;
    }
  }
  call.give(Value::texts(shaped->shape, {out.begin(), out.end()}));
  return {};
}

Result<void> string_length(Call& call) {
  if (call.node.text("unit").value_or("BYTE") != "BYTE")
    return fail(ErrorCode::unsupported, "counts other than bytes");
  std::vector<std::int64_t> lengths;
  for (const Text& text : *KINDRED_TRY(call.texts(0)))
    lengths.push_back(static_cast<std::int64_t>(text.view().size()));
  call.give(Value::integers(Type::i32, call.inputs[0]->shape, std::move(lengths)));
  return {};
}

/// FarmHash's fingerprint (64 bits), modulo the number of buckets.
Result<void> hash_bucket(Call& call) {
  const std::int64_t buckets = call.node.integer("num_buckets").value_or(0);
  if (buckets < 1) return wrong("has no buckets");
  std::vector<std::int64_t> numbers;
  for (const Text& one : *KINDRED_TRY(call.texts(0))) {
    const std::string_view text = one.view();
    numbers.push_back(static_cast<std::int64_t>(util::Fingerprint64(text.data(), text.size()) %
                                                static_cast<std::uint64_t>(buckets)));
  }
  call.give(Value::integers(Type::i64, call.inputs[0]->shape, std::move(numbers)));
  return {};
}

Result<const Table*> table_of(const Call& call) {
  const Value& value = *KINDRED_TRY(call.input(0));
  const auto* handle = std::get_if<Handle>(&value.data);
  if (handle == nullptr) return wrong("has no table");
  const auto found = call.tables.find(handle->name);
  if (found == call.tables.end()) return wrong("has a table that was never filled");
  return &found->second;
}

Result<void> table_find(Call& call) {
  const Table& table = *KINDRED_TRY(table_of(call));
  const auto& keys = *KINDRED_TRY(call.texts(1));
  const std::int64_t otherwise = KINDRED_TRY(call.integer(2));
  std::vector<std::int64_t> numbers(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto found = table.find(keys[i]);
    numbers[i] = found == table.end() ? otherwise : found->second;
  }
  call.give(Value::integers(call.inputs[2]->type, call.inputs[1]->shape, std::move(numbers)));
  return {};
}

Result<void> table_size(Call& call) {
  const Table& table = *KINDRED_TRY(table_of(call));
  call.give(Value::integers(Type::i64, {}, {static_cast<std::int64_t>(table.size())}));
  return {};
}

Result<Prepared> prepare_expression(const Node& node, std::span<const Value* const> inputs) {
  Prepared prepared;
  std::optional<std::string_view> pattern;
  if (node.operation == "StaticRegexReplace") pattern = node.text("pattern");
  if (node.operation == "RegexReplace" && inputs.size() > 1 && inputs[1] != nullptr)
    if (const auto* texts = std::get_if<std::vector<Text>>(&inputs[1]->data))
      if (texts->size() == 1) pattern = texts->front().view();
  if (!pattern) return prepared;
  prepared.expression = std::make_shared<const re2::RE2>(
      re2::StringPiece(pattern->data(), pattern->size()), re2::RE2::Quiet);
  if (!prepared.expression->ok()) return wrong("has an expression that RE2 doesn't read");
  return prepared;
}

const std::array kOperations = {
    Operation{"StaticRegexReplace", {"output"}, static_regex_replace, false, prepare_expression},
    Operation{"RegexReplace", {"output"}, regex_replace, false, prepare_expression},
    Operation{"StringLower", {"output"}, change_case<true>},
    Operation{"StringUpper", {"output"}, change_case<false>},
    Operation{"StringStrip", {"output"}, strip},
    Operation{"StringSplit", {"indices", "values", "shape"}, string_split},
    Operation{"StringSplitV2", {"indices", "values", "shape"}, string_split_v2},
    Operation{"StringJoin", {"output"}, string_join},
    Operation{"StringLength", {"output"}, string_length},
    Operation{"StringToHashBucketFast", {"output"}, hash_bucket},
    Operation{"LookupTableFindV2", {"values"}, table_find},
    Operation{"LookupTableSizeV2", {"size"}, table_size},
};

}  // namespace

std::span<const Operation> text_operations() { return kOperations; }

}  // namespace kindred::tensorflow
