/// Tables as text: CSV and TSV, with a header row that names the fields.
///
/// CSV is RFC 4180: fields are separated by commas; one in double quotes may hold commas, line ends
/// and doubled quotes; blanks belong to a field. A quote in the middle of an unquoted field is an
/// ordinary character. TSV is never quoted: a tab ends a field, a line end ends a row, and nothing
/// else means anything. Lines end as LineReader says; a line end within quotes is kept as the file
/// has it, except that CRLF becomes LF. Blank lines between rows are skipped. A row has as many
/// fields as the header; another number is an error that names the line.
///
/// Thread safety: one thread at a time. Cost: linear; memory for the largest row (at most 1 GiB).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/lines.h"
#include "kindred/result.h"

namespace kindred::files {

enum class Delimited : std::uint8_t { csv, tsv };

class DelimitedReader {
 public:
  /// Reads the header row. "-" is standard input. A file without a row, or two fields of the same
  /// name, is an error.
  static Result<DelimitedReader> open(const std::filesystem::path& path, Delimited kind);
  static Result<DelimitedReader> read(LineReader lines, Delimited kind);

  /// Names of the fields, in order.
  const std::vector<std::string>& header() const { return header_; }
  /// Where a field is in every row; an error lists the fields that there are.
  Result<std::size_t> column(std::string_view field) const;

  /// Goes to the next row; false at the end.
  Result<bool> next();
  /// The fields of the current row, as many as header(). Good until next().
  std::span<const std::string> row() const { return row_; }
  /// The line on which the current row starts, from 1.
  std::uint64_t row_line() const { return row_line_; }
  const LineReader& lines() const { return lines_; }

 private:
  DelimitedReader(LineReader lines, Delimited kind);
  Result<bool> read_row(std::vector<std::string>& fields);
  Result<void> split_quoted(std::string_view line, std::vector<std::string>& fields);

  LineReader lines_;
  Delimited kind_;
  std::vector<std::string> header_;
  std::vector<std::string> row_;
  std::uint64_t row_line_ = 0;
};

}  // namespace kindred::files
