/// Any bytes as JSON Lines: documents until the first error; what is kept of a document is a
/// document again, with the same fields.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "files/jsonl.h"

using kindred::files::JsonLines;
using kindred::files::LineReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  JsonLines documents(LineReader::of(text, "fuzz.jsonl"));
  for (;;) {
    const auto more = documents.next();
    if (!more && (more.error().message.empty() || more.error().message.contains('\n')))
      std::abort();
    if (!more || !*more) return 0;
    const auto body = documents.text("text");
    if (!body && body.error().message.contains('\n')) std::abort();
    static_cast<void>(documents.optional_text("id"));

    const std::string kept = documents.others({"id"});
    JsonLines again(LineReader::of(kept, "kept.jsonl"));
    const auto read = again.next();
    if (!read || !*read || again.others({}) != kept) std::abort();
    const auto same = again.text("text");
    if (body.has_value() != same.has_value() || (body && *body != *same)) std::abort();
  }
}
