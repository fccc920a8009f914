/// Any bytes as a CSV or TSV table: rows as wide as the header until the first error.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "files/delimited.h"

using kindred::files::Delimited;
using kindred::files::DelimitedReader;
using kindred::files::LineReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Delimited kind : {Delimited::csv, Delimited::tsv}) {
    auto table = DelimitedReader::read(LineReader::of(text, "fuzz"), kind);
    if (!table) continue;
    for (;;) {
      const auto more = table->next();
      if (!more && more.error().message.contains('\n')) std::abort();
      if (!more || !*more) break;
      if (table->row().size() != table->header().size()) std::abort();
    }
  }
  return 0;
}
