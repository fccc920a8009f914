#include "kindred/tokenizer_training.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/thread_pool.h"
#include "files/lines.h"
#include "kindred/threads.h"
#include "text/byte_alphabet.h"
#include "text/json_part.h"
#include "text/normalizers/kinds.h"
#include "text/pre_tokenizers/kinds.h"
#include "text/specification.h"
#include "text/training/bpe_trainer.h"
#include "text/training/unigram_trainer.h"
#include "text/training/word_counts.h"

namespace kindred {
namespace {

using Json = nlohmann::ordered_json;
using text::SplitText;
using text::WordCount;
using text::WordCounter;

/// Bytes of lines whose words are counted together, and what one item of that takes.
constexpr std::size_t kBatchBytes = std::size_t{16} << 20;
constexpr std::size_t kItemBytes = std::size_t{1} << 18;

/// Trains the vocabulary: the "model" of the file.
using Train = Result<Json>(std::span<const WordCount> words, const TokenizerTraining& options,
                           const std::vector<std::string>& special_tokens,
                           const Progress& progress);

/// One kind of vocabulary: what stands around the model in its tokenizer.json.
struct KindTraits {
  VocabularyKind kind;
  std::string_view name;
  std::vector<std::string> special_tokens;
  std::vector<std::string> needed;  ///< of those
  Json (*normalizer)(const TokenizerTraining& options);
  Json pre_tokenizer;
  Json (*post_processor)(const std::vector<std::string>& special_tokens);
  Json decoder;
  Train* train;
};

std::size_t number_of(const std::vector<std::string>& tokens, std::string_view token) {
  return static_cast<std::size_t>(std::ranges::find(tokens, token) - tokens.begin());
}

Json vocabulary_of(const std::vector<std::string>& tokens) {
  Json vocabulary = Json::object();
  for (std::size_t id = 0; id < tokens.size(); ++id) vocabulary[tokens[id]] = id;
  return vocabulary;
}

Result<Json> train_word_piece(std::span<const WordCount> words, const TokenizerTraining& options,
                              const std::vector<std::string>& special_tokens,
                              const Progress& progress) {
  const auto trained = KINDRED_TRY(text::train_bpe(words,
                                                   {.vocabulary_size = options.vocabulary_size,
                                                    .min_frequency = options.min_frequency,
                                                    .special_tokens = special_tokens,
                                                    .alphabet = {},
                                                    .continuing_prefix = "##"},
                                                   progress));
  return Json{{"type", "WordPiece"},
              {"unk_token", "[UNK]"},
              {"continuing_subword_prefix", "##"},
              {"max_input_chars_per_word", 100},
              {"vocab", vocabulary_of(trained.tokens)}};
}

std::vector<std::string> byte_characters() {
  std::vector<std::string> characters;
  for (int byte = 0; byte < 256; ++byte)
    characters.push_back(text::spell_bytes(std::string(1, static_cast<char>(byte))));
  return characters;
}

Result<Json> train_byte_pairs(std::span<const WordCount> words, const TokenizerTraining& options,
                              const std::vector<std::string>& special_tokens,
                              const Progress& progress) {
  const auto trained = KINDRED_TRY(text::train_bpe(words,
                                                   {.vocabulary_size = options.vocabulary_size,
                                                    .min_frequency = options.min_frequency,
                                                    .special_tokens = special_tokens,
                                                    .alphabet = byte_characters(),
                                                    .continuing_prefix = ""},
                                                   progress));
  Json merges = Json::array();
  for (const auto& [first, second] : trained.merges)
    merges.push_back({trained.tokens[first], trained.tokens[second]});
  return Json{{"type", "BPE"},
              {"dropout", nullptr},
              {"unk_token", nullptr},
              {"continuing_subword_prefix", ""},
              {"end_of_word_suffix", ""},
              {"fuse_unk", false},
              {"byte_fallback", false},
              {"ignore_merges", false},
              {"vocab", vocabulary_of(trained.tokens)},
              {"merges", merges}};
}

Result<Json> train_unigram_pieces(std::span<const WordCount> words,
                                  const TokenizerTraining& options,
                                  const std::vector<std::string>& special_tokens,
                                  const Progress& progress) {
  const auto pieces = KINDRED_TRY(text::train_unigram(
      words, {.vocabulary_size = options.vocabulary_size - special_tokens.size()}, progress));
  Json vocabulary = Json::array();
  for (const std::string& token : special_tokens) vocabulary.push_back({token, 0.0});
  for (const auto& [piece, score] : pieces)
    if (std::ranges::find(special_tokens, piece) == special_tokens.end())
      vocabulary.push_back({piece, score});
  return Json{{"type", "Unigram"},
              {"unk_id", number_of(special_tokens, "<unk>")},
              {"vocab", vocabulary},
              {"byte_fallback", false}};
}

Json bert_template(const std::vector<std::string>& special_tokens) {
  const auto special = [](const char* token, int type) {
    return Json{{"SpecialToken", {{"id", token}, {"type_id", type}}}};
  };
  const auto sequence = [](const char* name, int type) {
    return Json{{"Sequence", {{"id", name}, {"type_id", type}}}};
  };
  Json tokens = Json::object();
  for (const char* token : {"[CLS]", "[SEP]"})
    tokens[token] = {
        {"id", token}, {"ids", {number_of(special_tokens, token)}}, {"tokens", {token}}};
  return Json{{"type", "TemplateProcessing"},
              {"single", {special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)}},
              {"pair",
               {special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0), sequence("B", 1),
                special("[SEP]", 1)}},
              {"special_tokens", tokens}};
}

const std::array<KindTraits, 3>& kinds() {
  static const Json byte_level = {{"type", "ByteLevel"},
                                  {"add_prefix_space", false},
                                  {"trim_offsets", true},
                                  {"use_regex", true}};
  static const Json metaspace = {{"type", "Metaspace"},
                                 {"replacement", "\u2581"},
                                 {"prepend_scheme", "always"},
                                 {"split", true}};
  static const std::array<KindTraits, 3> table = {
      KindTraits{.kind = VocabularyKind::word_piece,
                 .name = "wordpiece",
                 .special_tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"},
                 .needed = {"[UNK]", "[CLS]", "[SEP]"},
                 .normalizer =
                     [](const TokenizerTraining& options) {
                       return Json{{"type", "BertNormalizer"},
                                   {"clean_text", true},
                                   {"handle_chinese_chars", true},
                                   {"strip_accents", nullptr},
                                   {"lowercase", options.lowercase}};
                     },
                 .pre_tokenizer = {{"type", "BertPreTokenizer"}},
                 .post_processor = bert_template,
                 .decoder = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}},
                 .train = train_word_piece},
      KindTraits{.kind = VocabularyKind::bpe,
                 .name = "bpe",
                 .special_tokens = {"<|endoftext|>"},
                 .needed = {},
                 .normalizer = [](const TokenizerTraining&) { return Json(); },
                 .pre_tokenizer = byte_level,
                 .post_processor = [](const std::vector<std::string>&) { return byte_level; },
                 .decoder = byte_level,
                 .train = train_byte_pairs},
      KindTraits{.kind = VocabularyKind::unigram,
                 .name = "unigram",
                 .special_tokens = {"<unk>", "<s>", "</s>", "<pad>"},
                 .needed = {"<unk>"},
                 .normalizer =
                     [](const TokenizerTraining&) {
                       return Json{{"type", "Sequence"},
                                   {"normalizers", {{{"type", "Nmt"}}, {{"type", "NFKC"}}}}};
                     },
                 .pre_tokenizer = metaspace,
                 .post_processor = [](const std::vector<std::string>&) { return Json(); },
                 .decoder = metaspace,
                 .train = train_unigram_pieces}};
  return table;
}

/// What cuts a corpus into words: the normalizers and pre-tokenizers that will stand in the file.
class WordCutter {
 public:
  static Result<WordCutter> make(const Json& normalizer, const Json& pre_tokenizer) {
    WordCutter cutter;
    if (!normalizer.is_null()) {
      simdjson::dom::parser parser;
      const text::JsonPart part(parser.parse(normalizer.dump()).get_object().value_unsafe(),
                                "normalizer");
      KINDRED_TRY(text::read_normalizers(part, cutter.normalizers_));
    }
    simdjson::dom::parser parser;
    const text::JsonPart part(parser.parse(pre_tokenizer.dump()).get_object().value_unsafe(),
                              "pre_tokenizer");
    KINDRED_TRY(text::read_pre_tokenizers(part, cutter.pre_tokenizers_));
    return cutter;
  }

  void count(std::string_view line, SplitText& split, SplitText& spare, WordCounter& counts) const {
    split.normalized.assign(line, 0, /*keep_origins=*/false);
    text::normalize(normalizers_, split.normalized, spare.normalized);
    split.at_start = true;
    split.words.clear();
    if (!split.normalized.text.empty())
      split.words.push_back({0, static_cast<std::uint32_t>(split.normalized.text.size())});
    for (const auto& pre_tokenizer : pre_tokenizers_) pre_tokenizer->split(split, spare);
    for (const text::Word word : split.words) counts.add(split.word(word));
  }

 private:
  std::vector<std::unique_ptr<const text::Normalizer>> normalizers_;
  std::vector<std::unique_ptr<const text::PreTokenizer>> pre_tokenizers_;
};

/// Counts the words of texts, a batch of lines at a time.
class CorpusCounter {
 public:
  CorpusCounter(const WordCutter& cutter, const Progress& progress)
      : cutter_(cutter), progress_(progress), counts_(threads()) {}

  Result<void> read(const std::filesystem::path& path) {
    auto lines = KINDRED_TRY(files::LineReader::open(path));
    while (const auto line = KINDRED_TRY(lines.next())) {
      ends_.push_back(batch_.append(*line).size());
      if (batch_.size() >= kBatchBytes) KINDRED_TRY(count_batch());
    }
    return count_batch();
  }

  std::vector<WordCount> words() {
    for (std::size_t i = 1; i < counts_.size(); ++i) counts_[0].add(counts_[i]);
    return counts_[0].sorted();
  }

 private:
  Result<void> count_batch() {
    // Items of whole lines.
    std::vector<std::size_t> firsts;
    for (std::size_t line = 0, begin = 0; line < ends_.size(); ++line)
      if (line == 0 || ends_[line] > begin + kItemBytes) {
        firsts.push_back(line);
        begin = line == 0 ? 0 : ends_[line - 1];
      }
    firsts.push_back(ends_.size());
    base::parallel_for(
        firsts.size() - 1,
        [&](std::size_t item, std::size_t worker) {
          SplitText split;
          SplitText spare;
          for (std::size_t line = firsts[item]; line < firsts[item + 1]; ++line) {
            const std::size_t begin = line == 0 ? 0 : ends_[line - 1];
            cutter_.count(std::string_view(batch_).substr(begin, ends_[line] - begin), split, spare,
                          counts_[worker]);
          }
        },
        counts_.size());
    bytes_ += batch_.size();
    batch_.clear();
    ends_.clear();
    if (progress_ && !progress_({bytes_, 0}))
      return fail(ErrorCode::cancelled, "training was stopped");
    return {};
  }

  const WordCutter& cutter_;
  const Progress& progress_;
  std::vector<WordCounter> counts_;  ///< of each worker
  std::string batch_;
  std::vector<std::size_t> ends_;  ///< of the lines in it
  std::uint64_t bytes_ = 0;
};

Json added_tokens(const std::vector<std::string>& tokens) {
  Json added = Json::array();
  for (std::size_t id = 0; id < tokens.size(); ++id)
    added.push_back({{"id", id},
                     {"content", tokens[id]},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  return added;
}

Result<void> check_special_tokens(const KindTraits& kind, const std::vector<std::string>& tokens,
                                  std::size_t vocabulary_size) {
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i].empty() || number_of(tokens, tokens[i]) != i)
      return fail(ErrorCode::invalid_argument,
                  fmt::format("special token {} is \"{}\": empty, or there twice", i, tokens[i]));
  for (const std::string& token : kind.needed)
    if (number_of(tokens, token) == tokens.size())
      return fail(ErrorCode::invalid_argument,
                  fmt::format("a {} vocabulary needs the special token \"{}\"", kind.name, token));
  if (tokens.size() >= vocabulary_size)
    return fail(ErrorCode::invalid_argument,
                fmt::format("a vocabulary of {} tokens has no room beside {} special tokens",
                            vocabulary_size, tokens.size()));
  return {};
}

}  // namespace

Result<VocabularyKind> parse_vocabulary_kind(std::string_view name) {
  std::string names;
  for (const KindTraits& kind : kinds()) {
    if (kind.name == name) return kind.kind;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", kind.name);
  }
  return fail(ErrorCode::invalid_argument,
              fmt::format("\"{}\" is not a kind of vocabulary; there are {}", name, names));
}

Result<std::string> train_tokenizer(std::span<const std::filesystem::path> files,
                                    const TokenizerTraining& options, const Progress& progress) {
  const KindTraits& kind = *std::ranges::find(kinds(), options.kind, &KindTraits::kind);
  const auto special_tokens = options.special_tokens.value_or(kind.special_tokens);
  KINDRED_TRY(check_special_tokens(kind, special_tokens, options.vocabulary_size));
  const Json normalizer = kind.normalizer(options);
  const WordCutter cutter = KINDRED_TRY(WordCutter::make(normalizer, kind.pre_tokenizer));
  CorpusCounter counter(cutter, progress);
  for (const auto& file : files) KINDRED_TRY(counter.read(file));
  const auto words = counter.words();
  if (words.empty()) return fail(ErrorCode::invalid_argument, "the texts have no words");
  const Json model = KINDRED_TRY(kind.train(words, options, special_tokens, progress));
  const Json tokenizer = {{"version", "1.0"},
                          {"truncation", nullptr},
                          {"padding", nullptr},
                          {"added_tokens", added_tokens(special_tokens)},
                          {"normalizer", normalizer},
                          {"pre_tokenizer", kind.pre_tokenizer},
                          {"post_processor", kind.post_processor(special_tokens)},
                          {"decoder", kind.decoder},
                          {"model", model}};
  return tokenizer.dump(2) + "\n";
}

}  // namespace kindred
