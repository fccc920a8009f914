/// Any bytes made into UTF-8: what comes out is UTF-8, as long as it has to be, and stays as it is
/// the second time.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ingest/well_formed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string text = kindred::ingestion::well_formed(bytes);
  if (!simdjson::validate_utf8(text) || kindred::ingestion::well_formed(text) != text) std::abort();
  if (simdjson::validate_utf8(bytes) && text != bytes) std::abort();
  if (text.size() > 3 * bytes.size()) std::abort();
  return 0;
}
