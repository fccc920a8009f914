/// The kinds of decoders, each read by a function beside its code.
#pragma once

#include <memory>
#include <string>

#include "kindred/result.h"
#include "text/decoders/decoder.h"
#include "text/json_part.h"

namespace kindred::text {

using ReadDecoder = Result<std::unique_ptr<const Decoder>>(const JsonPart&);

ReadDecoder read_byte_level_decoder;  ///< characters of the byte-level alphabet become bytes
ReadDecoder read_word_piece_decoder;  ///< words part at tokens without the continuing prefix
ReadDecoder read_metaspace_decoder;   ///< the meta symbol becomes a blank
ReadDecoder read_bpe_decoder;         ///< the end of a word becomes a blank
ReadDecoder read_ctc_decoder;         ///< one of equal neighbours, without padding
ReadDecoder read_byte_fallback;       ///< "<0x61>" becomes its byte
ReadDecoder read_fuse;                ///< all tokens become one
ReadDecoder read_strip_decoder;       ///< a character goes from the ends of each token
ReadDecoder read_replace_decoder;     ///< a pattern becomes a text

/// Of tokens that are bytes, for a model whose file names no decoder.
std::unique_ptr<const Decoder> make_byte_level_decoder();
/// BERT's, for a model that comes without a tokenizer.json.
std::unique_ptr<const Decoder> make_word_piece_decoder(std::string prefix, bool cleanup);

}  // namespace kindred::text
