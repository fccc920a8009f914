/// Metaspace: blanks become a visible character, "▁" (U+2581), and stay in the text, so that what
/// was cut can be put together again (Kudo, Richardson 2018, arXiv:1808.06226, section 3.1). A word
/// begins at each of them.
///
/// Thread safety: immutable. Cost: linear.
#pragma once

#include <memory>
#include <string>

#include "text/json_part.h"
#include "text/pre_tokenizers/pre_tokenizer.h"

namespace kindred::text {

class Metaspace final : public PreTokenizer {
 public:
  /// Which words get a replacement in front where they have none: all that there are so far, the
  /// one that begins the text, or none.
  enum class Prepend { always, first, never };
  struct Options {
    std::string replacement = "\u2581";  ///< one code point
    Prepend prepend = Prepend::always;
    bool split = true;  ///< words begin at each replacement
  };
  explicit Metaspace(Options options) : options_(std::move(options)) {}

  bool looks_at_origins() const override { return options_.prepend == Prepend::first; }
  void split(SplitText& given, SplitText& out) const override;

 private:
  Options options_;
};

Result<std::unique_ptr<const PreTokenizer>> read_metaspace(const JsonPart& part);

}  // namespace kindred::text
