/// The types of index that there are: one row of a table each.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "index/file.h"
#include "index/implementation.h"
#include "kindred/index.h"

namespace kindred::index {

struct TypeTraits {
  IndexType type;
  std::string_view name;  ///< on the command line and in files
  Result<std::unique_ptr<Implementation>> (*build)(const Prepared& rows,
                                                   const IndexOptions& options);
  Result<std::unique_ptr<Implementation>> (*open)(File file, OpenMode mode);
};

std::span<const TypeTraits> all_types();
const TypeTraits& traits_of(IndexType type);

/// An error names the option whose value can't be, whatever the type.
Result<void> check(const IndexOptions& options);

/// An unknown name is an error that lists those we have.
Result<RowType> parse_row_type(std::string_view name);

}  // namespace kindred::index
