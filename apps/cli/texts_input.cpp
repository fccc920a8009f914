#include "texts_input.h"

#include <array>

#include "command.h"
#include "files/delimited.h"
#include "files/jsonl.h"
#include "files/lines.h"

namespace kindred::cli {
namespace {

Result<void> take_lines(const std::string& path, const std::string&, const TakeText& take) {
  auto lines = KINDRED_TRY(files::LineReader::open(path));
  while (const auto line = KINDRED_TRY(lines.next())) KINDRED_TRY(take(*line, lines.bytes_read()));
  return {};
}

Result<void> take_jsonl(const std::string& path, const std::string& field, const TakeText& take) {
  auto documents = KINDRED_TRY(files::JsonLines::open(path));
  while (KINDRED_TRY(documents.next())) {
    const std::string_view text = KINDRED_TRY(documents.text(field));
    KINDRED_TRY(take(text, documents.lines().bytes_read()));
  }
  return {};
}

template <files::Delimited kKind>
Result<void> take_table(const std::string& path, const std::string& field, const TakeText& take) {
  auto table = KINDRED_TRY(files::DelimitedReader::open(path, kKind));
  const std::size_t column = KINDRED_TRY(table.column(field));
  while (KINDRED_TRY(table.next()))
    KINDRED_TRY(take(table.row()[column], table.lines().bytes_read()));
  return {};
}

struct Format {
  const char* name;
  bool has_fields;
  Result<void> (*take)(const std::string& path, const std::string& field, const TakeText& take);
};

constexpr std::array kFormats = {
    Format{"text", false, take_lines},
    Format{"jsonl", true, take_jsonl},
    Format{"csv", true, take_table<files::Delimited::csv>},
    Format{"tsv", true, take_table<files::Delimited::tsv>},
};

}  // namespace

void add_texts_options(CLI::App& command, TextsInput& input) {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  command.add_option("--input", input.paths, "Files of texts, - for standard input")
      ->type_name("FILE...")
      ->default_str("-");
  command
      .add_option("--format", input.format,
                  "text: one a line; jsonl, csv, tsv: the texts of --field")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command.add_option("--field", input.field, "Field that holds the text (jsonl, csv, tsv)")
      ->type_name("NAME");
}

Result<void> for_each_text(const TextsInput& input, const std::string& path, const TakeText& take) {
  for (const Format& format : kFormats) {
    if (input.format != format.name) continue;
    if (format.has_fields && input.field.empty())
      throw UsageError("--format " + input.format +
                       " needs --field, the field that holds the text");
    return format.take(path, input.field, take);
  }
  throw UsageError("--format " + input.format + " is unknown");
}

Result<std::vector<std::string>> read_texts(const TextsInput& input) {
  std::vector<std::string> texts;
  for (const std::string& path : input.paths)
    KINDRED_TRY(for_each_text(input, path, [&](std::string_view text, std::uint64_t) {
      texts.emplace_back(text);
      return Result<void>{};
    }));
  return texts;
}

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace kindred::cli
