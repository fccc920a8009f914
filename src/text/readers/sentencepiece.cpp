#include "text/readers/sentencepiece.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "files/wire_format.h"
#include "text/decoders/sentence_piece_decoder.h"
#include "text/models/sentence_piece.h"
#include "text/models/unigram.h"
#include "text/normalizers/sentence_piece_normalizer.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

using files::WireReader;
using Kind = WireReader::Kind;

// The kinds of pieces and of models, by the numbers of the format.
enum class PieceKind : std::uint64_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};
enum class ModelKind : std::uint64_t { unigram = 1, bpe = 2, word = 3, code_point = 4 };

/// How much less than any piece an unknown code point scores.
constexpr float kUnknownPenalty = 10;

struct Piece {
  std::string_view text;
  float score = 0;
  PieceKind kind = PieceKind::normal;
};

/// How texts are rewritten.
struct Normalization {
  std::string_view rules;  // compiled
  bool adds_blank = true;
  bool thins_blanks = true;
  bool shows_blanks = true;
};

/// The file as it stands.
struct ModelFile {
  std::vector<Piece> pieces;
  ModelKind kind = ModelKind::unigram;
  bool byte_fallback = false;
  bool blank_behind = false;
  std::string unknown_shown = " \u2047 ";
  Normalization normalization;
  Normalization denormalization;  // of decoded texts
};

bool is_text(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto [code, size] = decode(bytes, i);
    if (code == kReplacement && bytes.substr(i, size) != "\uFFFD") return false;
    i += size;
  }
  return true;
}

Result<Piece> read_piece(std::string_view message, const std::string& place) {
  WireReader reader(message, place);
  Piece piece;
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(1, Kind::bytes)) piece.text = field->bytes;
    if (field->is(2, Kind::fixed32)) piece.score = field->as_float();
    if (field->is(3, Kind::number)) piece.kind = static_cast<PieceKind>(field->value);
  }
  if (piece.text.empty()) return fail(ErrorCode::corrupt, fmt::format("{}: is empty", place));
  if (!is_text(piece.text)) return fail(ErrorCode::corrupt, fmt::format("{}: is not UTF-8", place));
  if (!std::isfinite(piece.score))
    return fail(ErrorCode::corrupt, fmt::format("{}: its score is no finite number", place));
  if (piece.kind < PieceKind::normal || piece.kind > PieceKind::byte)
    return fail(ErrorCode::unsupported, fmt::format("{}: has the kind {}, the largest is 6", place,
                                                    static_cast<std::uint64_t>(piece.kind)));
  return piece;
}

Result<void> read_training(std::string_view message, const std::string& place, ModelFile& file) {
  WireReader reader(message, place);
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(3, Kind::number)) file.kind = static_cast<ModelKind>(field->value);
    if (field->is(24, Kind::number)) file.blank_behind = field->value != 0;
    if (field->is(35, Kind::number)) file.byte_fallback = field->value != 0;
    if (field->is(44, Kind::bytes)) {
      // (SentencePiece takes it for a text that ends with NUL.)
      file.unknown_shown = field->bytes.substr(0, field->bytes.find('\0'));
      if (!is_text(file.unknown_shown))
        return fail(ErrorCode::corrupt,
                    fmt::format("{}: what shows the unknown piece is not UTF-8", place));
    }
  }
  return {};
}

Result<void> read_normalization(std::string_view message, const std::string& place,
                                Normalization& out) {
  WireReader reader(message, place);
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(2, Kind::bytes)) out.rules = field->bytes;
    if (field->is(3, Kind::number)) out.adds_blank = field->value != 0;
    if (field->is(4, Kind::number)) out.thins_blanks = field->value != 0;
    if (field->is(5, Kind::number)) out.shows_blanks = field->value != 0;
  }
  return {};
}

Result<ModelFile> read_file(std::string_view bytes, const std::string& name) {
  WireReader reader(bytes, name);
  ModelFile file;
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(1, Kind::bytes)) {
      const std::string place = fmt::format("{}: piece {}", name, file.pieces.size());
      file.pieces.push_back(KINDRED_TRY(read_piece(field->bytes, place)));
    } else if (field->is(2, Kind::bytes)) {
      KINDRED_TRY(read_training(field->bytes, name + ": trainer_spec", file));
    } else if (field->is(3, Kind::bytes)) {
      KINDRED_TRY(read_normalization(field->bytes, name + ": normalizer_spec", file.normalization));
    } else if (field->is(5, Kind::bytes)) {
      KINDRED_TRY(
          read_normalization(field->bytes, name + ": denormalizer_spec", file.denormalization));
    }
  }
  if (file.pieces.empty())
    return fail(ErrorCode::corrupt,
                fmt::format("{}: has no pieces, it is no SentencePiece model", name));
  return file;
}

Result<std::uint32_t> find_unknown(const ModelFile& file, const std::string& name) {
  std::optional<std::uint32_t> unknown;
  for (std::uint32_t id = 0; id < file.pieces.size(); ++id) {
    if (file.pieces[id].kind != PieceKind::unknown) continue;
    if (unknown)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: pieces {} and {} are both the unknown one", name, *unknown, id));
    unknown = id;
  }
  if (!unknown)
    return fail(ErrorCode::corrupt, fmt::format("{}: no piece is the unknown one", name));
  return *unknown;
}

/// Pieces that may stand in a text: all, or those that users defined.
Trie trie_of(const std::vector<Piece>& pieces, bool with_unused, bool user_defined_alone) {
  Trie::Strings strings;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const PieceKind kind = pieces[id].kind;
    const bool taken = kind == PieceKind::user_defined ||
                       (!user_defined_alone &&
                        (kind == PieceKind::normal || (with_unused && kind == PieceKind::unused)));
    if (taken) strings.emplace_back(pieces[id].text, static_cast<std::int32_t>(id));
  }
  return Trie(strings);
}

/// Scores as SentencePiece sums them. A user-defined piece scores nothing, whatever the file says:
/// more than any other way to cut its text, where scores are logarithms of probabilities.
Unigram::Options unigram_options(const std::vector<Piece>& pieces) {
  float lowest = std::numeric_limits<float>::max();
  for (const Piece& piece : pieces)
    if (piece.kind == PieceKind::normal) lowest = std::min(lowest, piece.score);
  Unigram::Options options;
  for (const Piece& piece : pieces)
    options.scores.push_back(piece.kind == PieceKind::user_defined ? 0 : piece.score);
  options.unknown_score = lowest - kUnknownPenalty;
  options.sentence_piece = true;
  return options;
}

/// What a normalization does, but for user-defined pieces.
Result<SentencePieceNormalizer::Options> normalizer_options(const Normalization& normalization,
                                                            const std::string& place) {
  SentencePieceNormalizer::Options options;
  if (!normalization.rules.empty())
    options.rules = KINDRED_TRY(CharacterMap::parse(normalization.rules, place));
  options.adds_blank = normalization.adds_blank;
  options.thins_blanks = normalization.thins_blanks;
  options.shows_blanks = normalization.shows_blanks;
  return options;
}

Result<std::unique_ptr<const Decoder>> decoder_of(const ModelFile& file,
                                                  const Vocabulary& vocabulary,
                                                  const std::string& name) {
  SentencePieceDecoder::Options options;
  for (const Piece& piece : file.pieces) {
    const std::string text(piece.text);
    if (piece.kind == PieceKind::control) options.shown[text] = "";
    if (piece.kind == PieceKind::unknown) options.shown[text] = file.unknown_shown;
  }
  const ByteTokens bytes = byte_tokens(vocabulary);
  for (std::size_t byte = 0; byte < bytes.size(); ++byte)
    if (bytes[byte] != kNoToken && file.pieces[bytes[byte]].kind == PieceKind::byte)
      options.bytes[std::string(file.pieces[bytes[byte]].text)] = static_cast<std::uint8_t>(byte);
  options.strips_blank = file.normalization.adds_blank;
  options.strips_blanks = file.normalization.thins_blanks;
  if (!file.denormalization.rules.empty()) {
    auto rewrite =
        KINDRED_TRY(normalizer_options(file.denormalization, name + ": denormalizer_spec"));
    options.rewrite = std::make_unique<SentencePieceNormalizer>(std::move(rewrite));
  }
  return std::make_unique<SentencePieceDecoder>(std::move(options));
}

}  // namespace

Result<TokenizerSpecification> parse_sentencepiece(std::string_view bytes, std::string_view name) {
  const std::string place(name);
  const ModelFile file = KINDRED_TRY(read_file(bytes, place));
  TokenizerSpecification out;
  out.vocabulary.reserve(file.pieces.size(), 10 * file.pieces.size());
  for (std::uint32_t id = 0; id < file.pieces.size(); ++id)
    KINDRED_TRY(out.vocabulary.add(file.pieces[id].text, id, place));
  const std::uint32_t unknown = KINDRED_TRY(find_unknown(file, place));

  std::optional<ByteTokens> byte_pieces;
  if (file.byte_fallback) {
    byte_pieces = byte_tokens(out.vocabulary);
    for (std::size_t byte = 0; byte < byte_pieces->size(); ++byte)
      if ((*byte_pieces)[byte] == kNoToken ||
          file.pieces[(*byte_pieces)[byte]].kind != PieceKind::byte)
        return fail(ErrorCode::corrupt,
                    fmt::format("{}: unknown characters are to be cut into bytes, and there is no "
                                "byte piece \"<0x{:02X}>\"",
                                place, byte));
  }

  auto normalizer =
      KINDRED_TRY(normalizer_options(file.normalization, place + ": normalizer_spec"));
  normalizer.blank_behind = file.blank_behind;
  normalizer.user_defined = trie_of(file.pieces, false, true);
  out.normalizers.push_back(std::make_unique<SentencePieceNormalizer>(std::move(normalizer)));
  out.decoders.push_back(KINDRED_TRY(decoder_of(file, out.vocabulary, place)));

  if (file.kind == ModelKind::unigram) {
    Unigram::Options options = unigram_options(file.pieces);
    options.unknown = unknown;
    options.bytes = byte_pieces;
    out.model = std::make_unique<Unigram>(trie_of(file.pieces, false, false), std::move(options));
    return out;
  }
  // Byte pairs may lead through unused pieces.
  SentencePieces pieces{.pieces = trie_of(file.pieces, file.kind == ModelKind::bpe, false),
                        .user_defined = trie_of(file.pieces, false, true),
                        .scores = {},
                        .unused = {},
                        .unknown = unknown,
                        .bytes = byte_pieces};
  for (const Piece& piece : file.pieces) {
    pieces.scores.push_back(piece.score);
    pieces.unused.push_back(piece.kind == PieceKind::unused);
  }
  switch (file.kind) {
    case ModelKind::bpe:
      out.model = std::make_unique<SentencePieceBpe>(std::move(pieces));
      return out;
    case ModelKind::word:
    case ModelKind::code_point:
      out.model = std::make_unique<SentencePieceWords>(std::move(pieces),
                                                       file.kind == ModelKind::code_point);
      return out;
    default:
      return fail(
          ErrorCode::unsupported,
          fmt::format("{}: trainer_spec: the model has the kind {}, Kindred has: 1 (Unigram), "
                      "2 (BPE), 3 (WORD), 4 (CHAR)",
                      place, static_cast<std::uint64_t>(file.kind)));
  }
}

Result<TokenizerSpecification> read_sentencepiece(const std::filesystem::path& path) {
  const std::string bytes = KINDRED_TRY(base::read_file(path));
  return parse_sentencepiece(bytes, path.string());
}

}  // namespace kindred::text
