/// What an exact search screens rows with: integer products of queries with many rows of bytes that
/// stand in panels.
///
/// A panel is 16 rows, interleaved: four values of row 0, the same four of row 1, and so on to row
/// 15, 64 bytes; then the next four values of each. One instruction of "VNNI" multiplies such a
/// group with the same four values of a query and adds up each row's four products: 16 sums, one a
/// row, never to be added across a register. Rows are unsigned and queries signed, as the
/// instruction wants them. Queries and panels are taken as tiles of a matrix product, so that what
/// is loaded is used several times; one query alone reads the panels as one ascending stream.
///
/// Results are exact integers. Highway 1.0.3 can't say VNNI, so there is a file of intrinsics for
/// AVX-512 and one for AVX2, and portable code for the rest.
///
/// Thread safety: all of it. Cost: with AVX-512, 64 products a cycle; one query with rows that are
/// not in the cache runs at the speed of the memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kindred::simd {

inline constexpr std::size_t kPanelRows = 16;
/// Values of one row that stand together.
inline constexpr std::size_t kPanelGroup = 4;

/// Groups of a row of that many values; the last one is filled up with zeros.
constexpr std::size_t panel_groups(std::size_t dimensions) {
  return (dimensions + kPanelGroup - 1) / kPanelGroup;
}
constexpr std::size_t panel_bytes(std::size_t dimensions) {
  return panel_groups(dimensions) * kPanelGroup * kPanelRows;
}
/// The place of a value in its panel. row: below kPanelRows.
constexpr std::size_t panel_place(std::size_t row, std::size_t value) {
  return (value / kPanelGroup * kPanelRows + row) * kPanelGroup + value % kPanelGroup;
}

struct PanelDots {
  /// results[query * panels * 16 + row] = the product of a query with a row, rows numbered through
  /// the panels. queries: count x 4 groups, row-major, each value from -limit to limit; rows:
  /// `panels` panels of `groups` groups, 1 <= groups <= 2^14. Panels on 64-byte boundaries are
  /// faster.
  void (*run)(const std::int8_t* queries, std::size_t count, std::size_t groups,
              const std::uint8_t* rows, std::size_t panels, std::int32_t* results);
  /// How large the values of a query may be. 127, and less where products are summed in 16 bits on
  /// the way.
  int limit;
};

/// The form in force.
PanelDots panel_dots();

}  // namespace kindred::simd
