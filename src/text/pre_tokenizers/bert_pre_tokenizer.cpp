#include "text/pre_tokenizers/bert_pre_tokenizer.h"

namespace kindred::text {

BertPreTokenizer::BertPreTokenizer() {
  for (char32_t code = 0; code < ascii_.size(); ++code)
    ascii_[code] = flags_of(code) & (kSpace | kPunctuation);
}

void BertPreTokenizer::split(SplitText& text, SplitText& spare) const {
  split_each(text, spare, [&](std::string_view word, const auto& keep) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < word.size();) {
      const auto byte = static_cast<unsigned char>(word[i]);
      Flags flags = 0;
      std::size_t size = 1;
      if (byte < 0x80) {
        flags = ascii_[byte];
      } else {
        const Decoded decoded = decode(word, i);
        flags = flags_of(decoded.code);
        size = decoded.size;
      }
      if ((flags & (kSpace | kPunctuation)) != 0) {
        keep(begin, i);
        if ((flags & kPunctuation) != 0) keep(i, i + size);
        begin = i + size;
      }
      i += size;
    }
    keep(begin, word.size());
  });
}

Result<std::unique_ptr<const PreTokenizer>> read_bert_pre_tokenizer(const JsonPart& /*part*/) {
  return std::make_unique<BertPreTokenizer>();
}

}  // namespace kindred::text
