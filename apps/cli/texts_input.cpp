#include "texts_input.h"

#include <array>

#include "command.h"
#include "files/delimited.h"
#include "files/jsonl.h"
#include "files/lines.h"

namespace kindred::cli {
namespace {

using Texts = std::vector<std::string>;

Result<Texts> read_lines(const TextsInput& input) {
  Texts texts;
  auto lines = KINDRED_TRY(files::LineReader::open(input.path));
  while (const auto line = KINDRED_TRY(lines.next())) texts.emplace_back(*line);
  return texts;
}

Result<Texts> read_jsonl(const TextsInput& input) {
  Texts texts;
  auto documents = KINDRED_TRY(files::JsonLines::open(input.path));
  while (KINDRED_TRY(documents.next()))
    texts.emplace_back(KINDRED_TRY(documents.text(input.field)));
  return texts;
}

template <files::Delimited kKind>
Result<Texts> read_table(const TextsInput& input) {
  Texts texts;
  auto table = KINDRED_TRY(files::DelimitedReader::open(input.path, kKind));
  const std::size_t column = KINDRED_TRY(table.column(input.field));
  while (KINDRED_TRY(table.next())) texts.push_back(table.row()[column]);
  return texts;
}

struct Format {
  const char* name;
  bool has_fields;
  Result<Texts> (*read)(const TextsInput&);
};

constexpr std::array kFormats = {
    Format{"text", false, read_lines},
    Format{"jsonl", true, read_jsonl},
    Format{"csv", true, read_table<files::Delimited::csv>},
    Format{"tsv", true, read_table<files::Delimited::tsv>},
};

}  // namespace

void add_texts_options(CLI::App& command, TextsInput& input) {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  command.add_option("--input", input.path, "File of texts, - for standard input")
      ->type_name("FILE")
      ->capture_default_str();
  command
      .add_option("--format", input.format,
                  "text: one a line; jsonl, csv, tsv: the texts of --field")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command.add_option("--field", input.field, "Field that holds the text (jsonl, csv, tsv)")
      ->type_name("NAME");
}

Result<Texts> read_texts(const TextsInput& input) {
  for (const Format& format : kFormats) {
    if (input.format != format.name) continue;
    if (format.has_fields && input.field.empty())
      throw UsageError("--format " + input.format +
                       " needs --field, the field that holds the text");
    return format.read(input);
  }
  throw UsageError("--format " + input.format + " is unknown");
}

std::vector<std::string_view> views_of(const Texts& texts) { return {texts.begin(), texts.end()}; }

}  // namespace kindred::cli
