/// BertPreTokenizer: words are what stands between spaces, and each punctuation character is a
/// word.
#pragma once

#include <array>
#include <memory>

#include "text/json_part.h"
#include "text/pre_tokenizers/pre_tokenizer.h"
#include "text/unicode/unicode.h"

namespace kindred::text {

class BertPreTokenizer final : public PreTokenizer {
 public:
  BertPreTokenizer();
  void split(SplitText& text, SplitText& spare) const override;

 private:
  std::array<Flags, 128> ascii_;
};

Result<std::unique_ptr<const PreTokenizer>> read_bert_pre_tokenizer(const JsonPart& part);

}  // namespace kindred::text
