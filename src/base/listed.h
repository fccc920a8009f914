/// The names of a table's rows, for an error that says what there is: "cls, max, mean".
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace kindred::base {

/// name: what a row is called, a member or a function of it. `quote` stands around each name.
template <typename Rows, typename Name>
std::string listed(const Rows& rows, Name name, std::string_view quote = "") {
  std::string all;
  for (const auto& row : rows) {
    if (!all.empty()) all += ", ";
    all += quote;
    all += std::invoke(name, row);
    all += quote;
  }
  return all;
}

}  // namespace kindred::base
