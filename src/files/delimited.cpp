#include "files/delimited.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "files/excerpt.h"

namespace kindred::files {
namespace {

constexpr std::size_t kMaximumRow = LineReader::kMaximumLine;

void split_at_tabs(std::string_view line, std::vector<std::string>& fields) {
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

DelimitedReader::DelimitedReader(LineReader lines, Delimited kind)
    : lines_(std::move(lines)), kind_(kind) {}

Result<DelimitedReader> DelimitedReader::open(const std::filesystem::path& path, Delimited kind) {
  return read(KINDRED_TRY(LineReader::open(path)), kind);
}

Result<DelimitedReader> DelimitedReader::read(LineReader lines, Delimited kind) {
  DelimitedReader reader(std::move(lines), kind);
  if (!KINDRED_TRY(reader.read_row(reader.header_)))
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: has no header row", reader.lines_.name()));
  auto names = reader.header_;
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end())
    return fail(ErrorCode::invalid_argument, fmt::format("{}: two fields are called \"{}\"",
                                                         reader.lines_.place(), excerpt(*twice)));
  return reader;
}

Result<std::size_t> DelimitedReader::column(std::string_view field) const {
  const auto found = std::ranges::find(header_, field);
  if (found == header_.end())
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: has no field \"{}\", only {}", lines_.name(), field,
                            excerpt(fmt::format("{}", fmt::join(header_, ", ")), 200)));
  return static_cast<std::size_t>(found - header_.begin());
}

Result<bool> DelimitedReader::next() {
  if (!KINDRED_TRY(read_row(row_))) return false;
  if (row_.size() != header_.size())
    return fail(ErrorCode::corrupt,
                fmt::format("{}: line {} has {} fields, the header has {}", lines_.name(),
                            row_line_, row_.size(), header_.size()));
  return true;
}

Result<bool> DelimitedReader::read_row(std::vector<std::string>& fields) {
  fields.clear();
  std::optional<std::string_view> line;
  do {
    line = KINDRED_TRY(lines_.next());
    if (!line) return false;
  } while (line->empty());
  row_line_ = lines_.number();
  if (kind_ == Delimited::tsv)
    split_at_tabs(*line, fields);
  else
    KINDRED_TRY(split_quoted(*line, fields));
  return true;
}

/// A row begins on `line`; where a quoted field holds line ends, further lines are read.
Result<void> DelimitedReader::split_quoted(std::string_view line,
                                           std::vector<std::string>& fields) {
  std::size_t row_bytes = 0;  // of the fields that span lines
  for (;;) {
    if (!line.starts_with('"')) {
      const std::size_t comma = line.find(',');
      fields.emplace_back(line.substr(0, comma));
      if (comma == std::string_view::npos) return {};
      line.remove_prefix(comma + 1);
      continue;
    }
    line.remove_prefix(1);
    std::string field;
    for (;;) {
      const std::size_t quote = line.find('"');
      field += line.substr(0, quote);
      if (quote == std::string_view::npos) {
        const auto more = KINDRED_TRY(lines_.next());
        if (!more)
          return fail(ErrorCode::corrupt,
                      fmt::format("{}: line {}: a quoted field of this row never ends",
                                  lines_.name(), row_line_));
        field += '\n';
        line = *more;
        row_bytes += line.size() + 1;
        if (row_bytes > kMaximumRow)
          return fail(ErrorCode::invalid_argument,
                      fmt::format("{}: line {}: the row is longer than {} bytes", lines_.name(),
                                  row_line_, kMaximumRow));
        continue;
      }
      line.remove_prefix(quote + 1);
      if (!line.starts_with('"')) break;  // not a doubled quote: the field ends
      field += '"';
      line.remove_prefix(1);
    }
    fields.push_back(std::move(field));
    if (line.empty()) return {};
    if (!line.starts_with(','))
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: text follows the closing quote of a field", lines_.place()));
    line.remove_prefix(1);
  }
}

}  // namespace kindred::files
