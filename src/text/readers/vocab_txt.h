/// `vocab.txt` and `tokenizer_config.json`: a BERT tokenizer as it was kept before tokenizer.json.
///
/// vocab.txt has one token a line; its id is the number of the line, from 0. tokenizer_config.json,
/// which may be missing, says how texts are normalized and what the special tokens are called;
/// [CLS] A [SEP] frames a text, [CLS] A [SEP] B [SEP] a pair.
#pragma once

#include <filesystem>

#include "kindred/result.h"
#include "text/specification.h"

namespace kindred::text {

Result<TokenizerSpecification> read_vocab_txt(const std::filesystem::path& path);

}  // namespace kindred::text
