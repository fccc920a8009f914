#include "embed/multi_vector_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>
#include <utility>

#include "embed/modules_file.h"
#include "embed/tokenizer_window.h"
#include "model/config.h"

namespace kindred::embed {
namespace {

using model::Config;

constexpr const char* kSettings = "config_sentence_transformers.json";
/// Where a file says nothing (Khattab and Zaharia 2020, section 4.1).
constexpr std::size_t kQueryLength = 32;

bool has_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

template <typename Values>
bool holds(const Values& values, std::string_view value) {
  return std::ranges::find(values, value) != values.end();
}

/// ASCII punctuation, a token each.
std::vector<std::string> punctuation() {
  std::vector<std::string> marks;
  for (char mark = '!'; mark <= '~'; ++mark) {
    const bool letter_or_digit = (mark >= '0' && mark <= '9') || (mark >= 'A' && mark <= 'Z') ||
                                 (mark >= 'a' && mark <= 'z');
    if (!letter_or_digit) marks.emplace_back(1, mark);
  }
  return marks;
}

/// A prompt's marker is the whole prompt or its first word, whichever is a token.
void add_marker(const std::string& prompt, MultiVectorLayout& layout) {
  const std::size_t begin = prompt.find_first_not_of(' ');
  if (begin == std::string::npos) return;
  layout.markers.push_back(prompt);
  layout.markers.push_back(prompt.substr(begin, prompt.find(' ', begin) - begin));
}

Result<QueryExpansion> read_expansion(const Config& config) {
  QueryExpansion expansion;
  const auto strategy = KINDRED_TRY(config.text("strategy"));
  if (strategy != "fixed" && strategy != "min")
    return config.wrong("strategy", "\"fixed\" or \"min\"");
  expansion.cuts = strategy == "fixed";
  expansion.attended = KINDRED_TRY(config.flag("attend", false));
  expansion.length = KINDRED_TRY(config.count("length"));
  if (config.contains("token") && !config.json()["token"].is_null())
    expansion.token = KINDRED_TRY(config.text("token"));
  KINDRED_TRY(config.require_known({}));
  return expansion;
}

/// What a Transformer's own settings say; they go before those of PyLate.
Result<void> read_transformer(MultiVectorLayout& layout, const Config& pylate) {
  const auto path = layout.encoder / "sentence_bert_config.json";
  bool says_expansion = false;
  if (has_file(path)) {
    const Config config = KINDRED_TRY(Config::read(path));
    layout.max_tokens = KINDRED_TRY(config.optional_count("max_seq_length"));
    layout.lowercase = KINDRED_TRY(config.flag("do_lower_case", false));
    layout.query_length = KINDRED_TRY(config.optional_count("query_length"));
    layout.document_length = KINDRED_TRY(config.optional_count("document_length"));
    says_expansion = config.contains("query_expansion");
    if (const auto expansion = KINDRED_TRY(config.object("query_expansion")))
      layout.expansion = KINDRED_TRY(read_expansion(*expansion));
  }
  if (!layout.document_length)
    layout.document_length = KINDRED_TRY(pylate.optional_count("document_length"));
  const auto query_length = KINDRED_TRY(pylate.optional_count("query_length"));
  if (says_expansion) return {};

  constexpr std::array kOfPyLate = {"query_length",          "document_length",
                                    "do_query_expansion",    "attend_to_expansion_tokens",
                                    "attend_to_mask_tokens", "query_prefix",
                                    "document_prefix",       "skiplist_words"};
  const bool is_pylate =
      std::ranges::any_of(kOfPyLate, [&](const char* field) { return pylate.contains(field); });
  if (pylate.contains("query_expansion")) {
    if (const auto expansion = KINDRED_TRY(pylate.object("query_expansion")))
      layout.expansion = KINDRED_TRY(read_expansion(*expansion));
    if (!layout.query_length) layout.query_length = query_length;
  } else if (is_pylate && KINDRED_TRY(pylate.flag("do_query_expansion", true))) {
    const bool mask = KINDRED_TRY(pylate.flag("attend_to_mask_tokens", false));
    const bool attended = KINDRED_TRY(pylate.flag("attend_to_expansion_tokens", mask));
    layout.expansion =
        QueryExpansion{.attended = attended, .length = query_length.value_or(kQueryLength)};
  } else if (!layout.query_length) {
    layout.query_length = query_length;
  }
  return {};
}

Result<LeftOut> read_mask(const std::filesystem::path& path) {
  const Config config = KINDRED_TRY(Config::read(path));
  LeftOut left_out;
  if (auto words = KINDRED_TRY(config.texts("skiplist_words"))) left_out.words = std::move(*words);
  if (const auto tasks = KINDRED_TRY(config.texts("skiplist_tasks"))) {
    left_out.of_queries = holds(*tasks, "query");
    left_out.of_documents = holds(*tasks, "document");
  }
  if (const auto ids = config.json().find("keep_only_token_ids");
      ids != config.json().end() && !ids->is_null()) {
    const auto is_id = [](const nlohmann::json& id) {
      return id.is_number_unsigned() && id.get<std::uint64_t>() <= 0xFFFFFFFF;
    };
    if (!ids->is_array() || !std::ranges::all_of(*ids, is_id))
      return config.wrong("keep_only_token_ids", "a list of token ids");
    for (const auto& id : *ids) left_out.only.push_back(id.get<std::uint32_t>());
    KINDRED_TRY(config.require("keep_only_token_ids", *ids));  // from now on it is known
  }
  KINDRED_TRY(config.require_known({}));
  return left_out;
}

/// PyLate's prefixes stand before the prompts.
Result<void> read_prefixes(const Config& pylate, MultiVectorLayout& layout) {
  for (const auto& [field, role] :
       {std::pair("query_prefix", "query"), std::pair("document_prefix", "document")}) {
    if (!pylate.contains(field) || pylate.json()[field].is_null()) continue;
    const std::string prefix = KINDRED_TRY(pylate.text(field));
    std::string& prompt = layout.prompts.texts[role];
    if (!prompt.starts_with(prefix)) prompt.insert(0, prefix);
    add_marker(prefix, layout);
  }
  return {};
}

Result<MultiVectorLayout> read_modules_layout(const std::filesystem::path& folder) {
  const auto modules = KINDRED_TRY(read_modules(folder));
  if (modules.empty() || modules[0].kind != "Transformer")
    return fail(ErrorCode::unsupported, fmt::format("{}: doesn't begin with a Transformer",
                                                    (folder / "modules.json").string()));
  MultiVectorLayout layout{.encoder = modules[0].folder};
  const Config settings = KINDRED_TRY(Config::read(folder / kSettings));
  layout.prompts = KINDRED_TRY(read_prompts(folder / kSettings));
  KINDRED_TRY(read_prefixes(settings, layout));
  KINDRED_TRY(read_transformer(layout, settings));
  const auto similarity = settings.json().find("similarity_fn_name");
  layout.mean_similarity = similarity != settings.json().end() && *similarity == "meanmaxsim";

  bool masked = false;
  for (const ModuleFolder& module : modules | std::views::drop(1)) {
    if (module.kind == "MultiVectorMask") {
      layout.left_out = KINDRED_TRY(read_mask(module.folder / "config.json"));
      masked = true;
    } else {
      layout.modules.push_back(module);
    }
  }
  if (!masked) {  // PyLate does both without saying so
    auto words = KINDRED_TRY(settings.texts("skiplist_words"));
    layout.left_out.words = words ? std::move(*words) : punctuation();
    layout.normalize = true;
  }
  return layout;
}

Result<MultiVectorLayout> read_colbert_layout(const std::filesystem::path& folder) {
  MultiVectorLayout layout{.encoder = folder, .projects = true, .normalize = true};
  QueryExpansion expansion{.length = kQueryLength};
  std::string query_marker = "[unused0]";
  std::string document_marker = "[unused1]";
  bool masks_punctuation = true;
  const auto path = folder / "artifact.metadata";
  if (has_file(path)) {
    const Config metadata = KINDRED_TRY(Config::read(path));
    expansion.length =
        KINDRED_TRY(metadata.optional_count("query_maxlen")).value_or(expansion.length);
    expansion.attended = KINDRED_TRY(metadata.flag("attend_to_mask_tokens", false));
    layout.document_length = KINDRED_TRY(metadata.optional_count("doc_maxlen"));
    masks_punctuation = KINDRED_TRY(metadata.flag("mask_punctuation", true));
    if (metadata.contains("query_token_id"))
      query_marker = KINDRED_TRY(metadata.text("query_token_id"));
    if (metadata.contains("doc_token_id"))
      document_marker = KINDRED_TRY(metadata.text("doc_token_id"));
    KINDRED_TRY(metadata.require("similarity", "cosine"));
  }
  layout.expansion = std::move(expansion);
  layout.prompts.texts = {{"query", query_marker + " "}, {"document", document_marker + " "}};
  layout.markers = {std::move(query_marker), std::move(document_marker)};
  if (masks_punctuation) layout.left_out.words = punctuation();
  return layout;
}

/// Whether the text of a field, or one of a list of them, is among these.
bool says(const std::filesystem::path& path, std::string_view field,
          std::initializer_list<std::string_view> values) {
  const auto config = Config::read(path);
  if (!config) return false;
  const auto found = config->json().find(field);
  if (found == config->json().end()) return false;
  const auto is_one = [&](const nlohmann::json& value) {
    return value.is_string() &&
           holds(values, std::string_view(value.get_ref<const std::string&>()));
  };
  return is_one(*found) || (found->is_array() && std::ranges::any_of(*found, is_one));
}

bool is_colbert(const std::filesystem::path& folder) {
  return says(folder / "config.json", "architectures", {"HF_ColBERT"});
}

}  // namespace

bool is_multi_vector(const std::filesystem::path& folder) {
  if (is_colbert(folder)) return true;
  if (says(folder / kSettings, "model_type", {"MultiVectorEncoder", "ColBERT"})) return true;
  // PyLate's of old don't say it.
  const auto config = Config::read(folder / kSettings);
  return config && config->contains("query_prefix");
}

Result<MultiVectorLayout> read_multi_vector_layout(const std::filesystem::path& folder) {
  if (!is_multi_vector(folder))
    return fail(ErrorCode::unsupported,
                fmt::format("{}: isn't a late-interaction model, as sentence-transformers' "
                            "MultiVectorEncoder, PyLate and colbert-ir write them",
                            folder.string()));
  auto layout =
      has_file(folder / "modules.json") ? read_modules_layout(folder) : read_colbert_layout(folder);
  if (layout && !layout->max_tokens)
    layout->max_tokens = KINDRED_TRY(read_tokenizer_window(layout->encoder));
  return layout;
}

}  // namespace kindred::embed
