#include "text/decoders/kinds.h"

#include "text/decoders/readers.h"

namespace kindred::text {
namespace {

constexpr Kind<ReadDecoder> kKinds[] = {
    {"ByteLevel", read_byte_level_decoder},
    {"WordPiece", read_word_piece_decoder},
    {"Metaspace", read_metaspace_decoder},
    {"BPEDecoder", read_bpe_decoder},
    {"CTC", read_ctc_decoder},
    {"ByteFallback", read_byte_fallback},
    {"Fuse", read_fuse},
    {"Strip", read_strip_decoder},
    {"Replace", read_replace_decoder},
};

}  // namespace

Result<void> read_decoders(const JsonPart& part, std::vector<std::unique_ptr<const Decoder>>& out) {
  return read_sequence(part, "decoder", "decoders", std::span<const Kind<ReadDecoder>>(kKinds),
                       out);
}

}  // namespace kindred::text
