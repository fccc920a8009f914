/// The pre-tokenizers that look for something in a word and cut there, each read by a function
/// beside its code.
#pragma once

#include <memory>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/pre_tokenizers/pre_tokenizer.h"

namespace kindred::text {

using ReadPreTokenizer = Result<std::unique_ptr<const PreTokenizer>>(const JsonPart&);

ReadPreTokenizer read_whitespace;            ///< letters, numbers and _ together, other signs too
ReadPreTokenizer read_whitespace_split;      ///< at white space alone
ReadPreTokenizer read_punctuation;           ///< at each punctuation character
ReadPreTokenizer read_digits;                ///< numbers, whole or digit by digit
ReadPreTokenizer read_char_delimiter_split;  ///< at a character, which goes
ReadPreTokenizer read_fixed_length;          ///< every so many code points
ReadPreTokenizer read_unicode_scripts;       ///< where the script changes

}  // namespace kindred::text
