/// Byte pair encoding: a word's characters are merged, pair by pair, in the order in which training
/// found the pairs (Sennrich et al. 2016, arXiv:1508.07909, section 3.2).
///
/// Of all neighbours that have a merge the one of the lowest rank is merged, of equals the
/// leftmost, until none is left. A character that is no token is its bytes ("<0xE4>",
/// byte_fallback), or the unknown token, or nothing.
///
/// Where the text is raw bytes (raw_bytes), each byte is a character: the byte-level alphabet of
/// the vocabulary (byte_alphabet.h) is undone once, when the model is made, instead of respelling
/// every text.
///
/// Thread safety: immutable. Cost: n log n in the word; most words are found whole in the Scratch's
/// cache.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/json_part.h"
#include "text/models/merges.h"
#include "text/models/model.h"
#include "text/specification.h"
#include "text/vocabulary.h"

namespace kindred::text {

struct BpeOptions {
  std::optional<std::uint32_t> unknown;  ///< the unknown token
  bool fuse_unknown = false;             ///< one unknown token for several characters in a row
  bool byte_fallback = false;
  bool ignore_merges = false;     ///< a word that is a token is that token, whatever the merges say
  std::string continuing_prefix;  ///< of the characters after a word's first
  std::string end_suffix;         ///< of a word's last character
  /// A character is a byte of the text; then with none of the others but ignore_merges.
  bool raw_bytes = false;
};

class Bpe final : public Model {
 public:
  Bpe(const Vocabulary& vocabulary, Merges merges, BpeOptions options);

  std::unique_ptr<Scratch> make_scratch() const override;
  void cut(const SplitText& text, std::size_t limit, Scratch* scratch,
           std::vector<Token>& tokens) const override;

 private:
  struct Memory;
  struct Symbol {
    std::uint32_t id;
    std::uint32_t size;  ///< bytes of the word; 0: merged into the one before it
    std::int32_t previous, next;
  };

  void find_symbols(std::string_view word, Memory& memory) const;
  void merge_short(Memory& memory) const;
  void merge_long(Memory& memory) const;
  void cut_word(std::string_view word, std::uint32_t begin, Memory& memory,
                std::vector<Token>& tokens) const;

  Merges merges_;
  BpeOptions options_;
  Vocabulary tokens_;                                 ///< as words are spelled
  static constexpr std::uint32_t kNone = 0xffffffff;  ///< no token, no rank
  std::array<std::uint32_t, 256> of_byte_;            ///< tokens of raw bytes
  std::array<std::uint32_t, 256> of_fallback_;        ///< tokens "<0x00>" and on
};

Result<void> read_bpe(const JsonPart& part, TokenizerSpecification& out);

}  // namespace kindred::text
