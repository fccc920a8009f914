#include "index/types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <type_traits>

#include "index/flat.h"
#include "index/hnsw.h"

namespace kindred {
namespace index {
namespace {

template <typename Type>
Result<std::unique_ptr<Implementation>> build(const Prepared& rows, const IndexOptions& options) {
  std::unique_ptr<Implementation> built = KINDRED_TRY(Type::build(rows, options));
  return built;
}

template <typename Type>
Result<std::unique_ptr<Implementation>> open(File file, OpenMode mode) {
  std::unique_ptr<Implementation> opened = KINDRED_TRY(Type::open(std::move(file), mode));
  return opened;
}

constexpr std::array kTypes = {
    TypeTraits{IndexType::flat, "flat", build<Flat>, open<Flat>},
    TypeTraits{IndexType::hnsw, "hnsw", build<Hnsw>, open<Hnsw>},
};

/// The names of a table's rows: "a, b".
template <typename Table>
std::string names_of(const Table& table) {
  std::string names;
  for (const auto& row : table) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

struct RowTypeName {
  RowType type;
  std::string_view name;
};
constexpr std::array kRowTypes = {RowTypeName{RowType::f32, "f32"},
                                  RowTypeName{RowType::f16, "f16"}, RowTypeName{RowType::u8, "u8"}};

std::unexpected<Error> wrong_part(std::string_view text, const std::string& why) {
  return fail(ErrorCode::invalid_argument, fmt::format("index type \"{}\": {}", text, why));
}

/// An option that is a whole number between two others.
struct Number {
  std::string_view name;
  std::uint64_t least;
  std::uint64_t most;
  std::uint64_t (*get)(const IndexOptions& options);
  void (*set)(IndexOptions& options, std::uint64_t value);
};

template <auto kMember>
constexpr Number number(std::string_view name, std::uint64_t least, std::uint64_t most) {
  return {.name = name,
          .least = least,
          .most = most,
          .get = [](const IndexOptions& options) -> std::uint64_t { return options.*kMember; },
          .set =
              [](IndexOptions& options, std::uint64_t value) {
                auto& member = options.*kMember;
                member = static_cast<std::remove_reference_t<decltype(member)>>(value);
              }};
}

constexpr std::array kNumbers = {
    number<&IndexOptions::m>("m", 2, 256),
    number<&IndexOptions::ef_construction>("ef_construction", 1, 100'000),
    number<&IndexOptions::code_bits>("codes", 4, 8),
    number<&IndexOptions::seed>("seed", 0, static_cast<std::uint64_t>(-1)),
};

std::string range_of(const Number& number, std::string_view value) {
  return fmt::format("{} is a whole number from {} to {}, not \"{}\"", number.name, number.least,
                     number.most, value);
}

}  // namespace

std::span<const TypeTraits> all_types() { return kTypes; }

const TypeTraits& traits_of(IndexType type) {
  return *std::ranges::find(kTypes, type, &TypeTraits::type);
}

Result<void> check(const IndexOptions& options) {
  for (const Number& number : kNumbers)
    if (const auto value = number.get(options); value < number.least || value > number.most)
      return fail(ErrorCode::invalid_argument, range_of(number, std::to_string(value)));
  if (options.code_bits != 4 && options.code_bits != 8)
    return fail(ErrorCode::invalid_argument,
                fmt::format("codes have 4 or 8 bits, not {}", options.code_bits));
  return {};
}

Result<RowType> parse_row_type(std::string_view name) {
  const auto type = std::ranges::find(kRowTypes, name, &RowTypeName::name);
  if (type == kRowTypes.end())
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("\"{}\" is not a type of rows; there are {}", name, names_of(kRowTypes)));
  return type->type;
}

}  // namespace index

std::string_view name_of(IndexType type) { return index::traits_of(type).name; }

std::string_view name_of(RowType type) {
  return std::ranges::find(index::kRowTypes, type, &index::RowTypeName::type)->name;
}

Result<IndexOptions> parse_index_type(std::string_view text, Metric metric) {
  using namespace index;
  IndexOptions options{.metric = metric};
  for (std::size_t at = 0, part_number = 0; at <= text.size(); ++part_number) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, comma - at);
    at = comma + 1;
    if (part_number == 0) {
      const auto type = std::ranges::find(kTypes, part, &TypeTraits::name);
      if (type == kTypes.end())
        return wrong_part(text,
                          fmt::format("there is no \"{}\"; there are {}", part, names_of(kTypes)));
      options.type = type->type;
      continue;
    }
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (name == "rows") {
      const auto type = parse_row_type(value);
      if (!type.has_value()) return wrong_part(text, type.error().message);
      options.rows = *type;
      continue;
    }
    const auto number = std::ranges::find(kNumbers, name, &Number::name);
    if (number == kNumbers.end())
      return wrong_part(text, fmt::format("there is no option \"{}\"; there are rows, {}", name,
                                          names_of(kNumbers)));
    std::uint64_t parsed = 0;
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (failed != std::errc() || end != value.data() + value.size() || parsed < number->least ||
        parsed > number->most)
      return wrong_part(text, range_of(*number, value));
    number->set(options, parsed);
  }
  if (const auto checked = check(options); !checked.has_value())
    return wrong_part(text, checked.error().message);
  return options;
}

}  // namespace kindred
