/// kindred tokenize: texts to tokens; how many; and back.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/file_system.h"
#include "command.h"
#include "kindred/threads.h"
#include "kindred/tokenizer.h"
#include "model_folder.h"
#include "text/unicode/unicode.h"
#include "texts_input.h"
#include "tokenize_count.h"
#include "tokenize_decode.h"
#include "tokenize_train.h"

namespace kindred::cli {
namespace {

using nlohmann::json;

struct Options {
  ModelChoice model;
  TextsInput input;
  bool count = false;
  bool decode = false;
  bool special_tokens = false;
  bool no_truncate = false;
  bool json = false;
  std::size_t threads = 0;
};

/// A field of a JSON file that is a whole number of tokens below a million (larger ones stand for
/// "no limit"); 0 where there is none.
std::size_t limit_in(const std::filesystem::path& path, const char* field) {
  const auto text = base::read_file(path);
  if (!text) return 0;
  const auto settings = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!settings.is_object() || !settings.contains(field) || !settings[field].is_number_unsigned())
    return 0;
  const auto limit = settings[field].get<std::uint64_t>();
  return limit < 1'000'000 ? limit : 0;
}

/// The model's window: what its encoder would read of a text. 0 where nothing says.
std::size_t window_of(const std::filesystem::path& model, const Tokenizer& tokenizer) {
  const auto folder = std::filesystem::is_directory(model) ? model : model.parent_path();
  if (const auto limit = limit_in(folder / "sentence_bert_config.json", "max_seq_length");
      limit != 0)
    return limit;
  if (const auto limit = limit_in(folder / "tokenizer_config.json", "model_max_length"); limit != 0)
    return limit;
  return tokenizer.max_tokens();
}

/// Byte offsets as offsets in code points, which is how the reference counts. Both are ascending
/// within a text, but for the zeros of special tokens.
json in_code_points(std::string_view text, std::span<const TokenOffset> offsets) {
  // Bytes that are not UTF-8 count as one code point for each replacement character.
  std::vector<std::uint32_t> code_points(text.size() + 1);
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = text::decode(text, i).size;
    for (std::size_t j = 0; j < size; ++j) code_points[i + j] = count;
    i += size;
    ++count;
  }
  code_points[text.size()] = count;
  json result = json::array();
  for (const TokenOffset& offset : offsets)
    result.push_back({code_points[offset.begin], code_points[offset.end]});
  return result;
}

Result<void> tokenize(const Options& options) {
  set_threads(options.threads);
  const auto folder = KINDRED_TRY(model_folder(options.model));
  const Tokenizer tokenizer = KINDRED_TRY(Tokenizer::open(folder));
  if (options.count)
    return count_tokens(
        tokenizer,
        {.input = options.input, .special_tokens = options.special_tokens, .json = options.json});
  if (options.decode)
    return decode_ids(tokenizer, {.paths = options.input.paths,
                                  .special_tokens = options.special_tokens,
                                  .json = options.json});
  const auto texts = KINDRED_TRY(read_texts(options.input));
  const std::size_t max_tokens = options.no_truncate ? 0 : window_of(folder, tokenizer);
  const TokenizeOptions tokenizing{.max_tokens = max_tokens,
                                   .offsets = options.json,
                                   .truncation = Truncation{.side = tokenizer.truncation().side}};
  const auto batch = KINDRED_TRY(tokenizer.tokenize(views_of(texts), tokenizing));

  for (std::size_t i = 0; i < batch.sequences(); ++i) {
    const auto ids = batch.sequence(i);
    if (options.json) {
      json tokens = json::array();
      for (const std::uint32_t id : ids) tokens.push_back(std::string(tokenizer.token(id)));
      const auto offsets = std::span(batch.offsets).subspan(batch.starts[i], ids.size());
      const nlohmann::ordered_json line = {{"ids", std::vector(ids.begin(), ids.end())},
                                           {"tokens", tokens},
                                           {"offsets", in_code_points(texts[i], offsets)}};
      fmt::print("{}\n", line.dump(-1, ' ', false, json::error_handler_t::replace));
    } else {
      for (std::size_t j = 0; j < ids.size(); ++j)
        fmt::print("{}{}", j == 0 ? "" : " ", tokenizer.token(ids[j]));
      fmt::print("\n");
    }
  }
  return {};
}

}  // namespace

void add_tokenize(CLI::App& program, Action& action) {
  auto* command =
      program.add_subcommand("tokenize", "Texts to tokens, as a model's tokenizer cuts them");
  auto options = std::make_shared<Options>();
  add_model_options(*command, options->model, /*required=*/false);
  add_texts_options(*command, options->input);
  auto* no_truncate = command->add_flag("--no-truncate", options->no_truncate,
                                        "Keep all tokens of a text longer than the model's window");
  auto* count = command->add_flag("--count", options->count,
                                  "Print how many tokens each file has, and all of them");
  auto* decode = command->add_flag("--decode", options->decode,
                                   "Go back: print the text of each line of ids (as blanks part "
                                   "them, or as --json prints them)");
  count->excludes(decode)->excludes(no_truncate);
  decode->excludes(no_truncate)
      ->excludes(command->get_option("--format"))
      ->excludes(command->get_option("--field"));
  command->add_flag("--special-tokens", options->special_tokens,
                    "With --count, count those that frame each text; with --decode, keep them");
  command->add_option("--threads", options->threads, "Threads to work on (0: all processors)")
      ->capture_default_str();
  command->add_flag(
      "--json", options->json,
      "Print a JSON object a text: ids, tokens, and offsets in code points of the text; of --count "
      "one for all files; of --decode one a line: text");
  command->footer(
      "Examples:\n"
      "  echo 'a tokenizer' | kindred tokenize --model all-MiniLM-L6-v2\n"
      "  kindred tokenize --model all-MiniLM-L6-v2 --input titles.txt --json\n"
      "  kindred tokenize --model all-MiniLM-L6-v2 --input a.txt b.txt --count\n"
      "  echo '7592 2088' | kindred tokenize --model all-MiniLM-L6-v2 --decode");
  add_tokenize_train(*command, action);
  command->callback([options, command, &action] {
    if (!command->get_subcommands().empty()) return;
    if (options->model.model.empty()) throw CLI::RequiredError("--model");
    if (options->special_tokens && !options->count && !options->decode)
      throw UsageError("--special-tokens goes with --count or --decode");
    action = [options] { return tokenize(*options); };
  });
}

}  // namespace kindred::cli
