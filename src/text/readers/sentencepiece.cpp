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
#include "text/models/sentence_piece.h"
#include "text/models/unigram.h"
#include "text/normalizers/sentence_piece_normalizer.h"
#include "text/readers/wire_format.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

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

/// The file as it stands.
struct ModelFile {
  std::vector<Piece> pieces;
  ModelKind kind = ModelKind::unigram;
  bool byte_fallback = false;
  std::string_view rules;
  SentencePieceNormalizer::Options normalizer;
};

Result<Piece> read_piece(std::string_view message, const std::string& place) {
  WireReader reader(message, place);
  Piece piece;
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(1, Kind::bytes)) piece.text = field->bytes;
    if (field->is(2, Kind::fixed32)) piece.score = field->as_float();
    if (field->is(3, Kind::number)) piece.kind = static_cast<PieceKind>(field->value);
  }
  if (piece.text.empty()) return fail(ErrorCode::corrupt, fmt::format("{}: is empty", place));
  for (std::size_t i = 0; i < piece.text.size();) {
    const auto [code, size] = decode(piece.text, i);
    if (code == kReplacement && piece.text.substr(i, size) != "\uFFFD")
      return fail(ErrorCode::corrupt, fmt::format("{}: is not UTF-8", place));
    i += size;
  }
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
    if (field->kind != Kind::number) continue;
    if (field->number == 3) file.kind = static_cast<ModelKind>(field->value);
    if (field->number == 24) file.normalizer.blank_behind = field->value != 0;
    if (field->number == 35) file.byte_fallback = field->value != 0;
  }
  return {};
}

Result<void> read_normalization(std::string_view message, const std::string& place,
                                ModelFile& file) {
  WireReader reader(message, place);
  while (const auto field = KINDRED_TRY(reader.next())) {
    if (field->is(2, Kind::bytes)) file.rules = field->bytes;
    if (field->is(3, Kind::number)) file.normalizer.adds_blank = field->value != 0;
    if (field->is(4, Kind::number)) file.normalizer.thins_blanks = field->value != 0;
    if (field->is(5, Kind::number)) file.normalizer.shows_blanks = field->value != 0;
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
      KINDRED_TRY(read_normalization(field->bytes, name + ": normalizer_spec", file));
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

/// Scores as SentencePiece sums them: a user-defined piece scores more than any other way to cut
/// its text.
Unigram::Options unigram_options(const std::vector<Piece>& pieces) {
  float lowest = std::numeric_limits<float>::max();
  float highest = std::numeric_limits<float>::min();
  for (const Piece& piece : pieces) {
    if (piece.kind != PieceKind::normal) continue;
    lowest = std::min(lowest, piece.score);
    highest = std::max(highest, piece.score);
  }
  Unigram::Options options;
  for (const Piece& piece : pieces)
    options.scores.push_back(piece.kind == PieceKind::user_defined
                                 ? static_cast<float>(piece.text.size()) * highest - 0.1
                                 : piece.score);
  options.unknown_score = lowest - kUnknownPenalty;
  options.sentence_piece = true;
  return options;
}

}  // namespace

Result<TokenizerSpecification> parse_sentencepiece(std::string_view bytes, std::string_view name) {
  const std::string place(name);
  ModelFile file = KINDRED_TRY(read_file(bytes, place));
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

  if (!file.rules.empty())
    file.normalizer.rules =
        KINDRED_TRY(CharacterMap::parse(file.rules, place + ": normalizer_spec"));
  file.normalizer.user_defined = trie_of(file.pieces, false, true);
  out.normalizers.push_back(std::make_unique<SentencePieceNormalizer>(std::move(file.normalizer)));

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
