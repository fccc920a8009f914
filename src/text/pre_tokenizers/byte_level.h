/// ByteLevel: words as GPT-2 cuts them, spelled in the byte-level alphabet (byte_alphabet.h), so
/// that any text is made of the vocabulary's characters (Radford et al. 2019).
///
/// patterns/gpt2_words.h says where words end.
///
/// Thread safety: immutable. Cost: linear, one look at each code point.
#pragma once

#include <memory>

#include "text/json_part.h"
#include "text/pre_tokenizers/pre_tokenizer.h"

namespace kindred::text {

class ByteLevel final : public PreTokenizer {
 public:
  struct Options {
    bool add_prefix_space = true;  ///< a blank before each word of before that begins with none
    bool use_regex = true;         ///< cuts words; else they stay as they are
    bool spell = true;             ///< spells bytes; else leaves them to a model that reads them
  };
  explicit ByteLevel(Options options) : options_(options) {}

  void split(SplitText& text, SplitText& spare) const override;
  std::unique_ptr<const PreTokenizer> without_spelling() const override;

 private:
  Options options_;
};

Result<std::unique_ptr<const PreTokenizer>> read_byte_level(const JsonPart& part);

}  // namespace kindred::text
