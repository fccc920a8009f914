#include "model/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file_system.h"
#include "files/excerpt.h"

namespace kindred::model {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} << 20;
/// No size in a real configuration comes near; products of a few of them don't overflow.
constexpr std::uint64_t kLargestCount = std::uint64_t{1} << 20;

/// Fields on which no hidden state depends, in order: where a model comes from, what trains it, how
/// its weights are kept, what heads make of its hidden states, how text is generated, and which
/// tokens have a special meaning (the tokenizer puts them into the text).
constexpr std::string_view kWithoutEffect[] = {
    "_attn_implementation_autoset",
    "_name_or_path",
    "architectures",
    "attention_dropout",
    "attention_probs_dropout_prob",
    "auto_map",
    "bad_words_ids",
    "begin_suppress_tokens",
    "bos_token_id",
    "chunk_size_feed_forward",
    "classifier_dropout",
    "classifier_dropout_prob",
    "cls_token_id",
    "decoder_start_token_id",
    "diversity_penalty",
    "do_sample",
    "dropout",
    "dtype",
    "early_stopping",
    "encoder_no_repeat_ngram_size",
    "eos_token_id",
    "exponential_decay_length_penalty",
    "finetuning_task",
    "forced_bos_token_id",
    "forced_eos_token_id",
    "gradient_checkpointing",
    "hidden_dropout_prob",
    "id2label",
    "initializer_factor",
    "initializer_range",
    "is_encoder_decoder",
    "label2id",
    "length_penalty",
    "mask_token_id",
    "max_length",
    "min_length",
    "model_max_length",
    "model_type",
    "no_repeat_ngram_size",
    "num_beam_groups",
    "num_beams",
    "num_labels",
    "num_return_sequences",
    "output_attentions",
    "output_hidden_states",
    "output_past",
    "output_scores",
    "pad_token_id",
    "pooler_fc_size",
    "pooler_num_attention_heads",
    "pooler_num_fc_layers",
    "pooler_size_per_head",
    "pooler_type",
    "prefix",
    "problem_type",
    "remove_invalid_values",
    "repetition_penalty",
    "return_dict",
    "return_dict_in_generate",
    "sbert_ce_default_activation_function",
    "sentence_transformers",
    "sep_token_id",
    "suppress_tokens",
    "task_specific_params",
    "temperature",
    "tf_legacy_loss",
    "tie_encoder_decoder",
    "tie_word_embeddings",
    "tokenizer_class",
    "top_k",
    "top_p",
    "torch_dtype",
    "torchscript",
    "transformers_version",
    "typical_p",
    "unk_token_id",
    "use_bfloat16",
    "use_cache",
};
static_assert(std::ranges::is_sorted(kWithoutEffect));

/// A value as an error shows it: short, on one line.
std::string shown(const nlohmann::json& value) {
  std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > 60) text.replace(57, std::string::npos, "...");
  return text;
}

}  // namespace

Result<nlohmann::json> read_json(const std::filesystem::path& path) {
  const std::string text = KINDRED_TRY(base::read_file(path, kLargestFile));
  // nlohmann's parser and destructor keep their own stack: depth costs memory, never the call
  // stack.
  auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return fail(ErrorCode::corrupt, fmt::format("{}: is not valid JSON", path.string()));
  return json;
}

Result<Config> Config::read(const std::filesystem::path& path) {
  Config config;
  config.path_ = path;
  config.json_ = KINDRED_TRY(read_json(path));
  if (!config.json_.is_object())
    return fail(ErrorCode::corrupt, fmt::format("{}: holds {}, an object is needed", path.string(),
                                                config.json_.type_name()));
  return config;
}

Config Config::of(const std::filesystem::path& path, nlohmann::json object) {
  Config config;
  config.path_ = path;
  config.json_ = std::move(object);
  return config;
}

const nlohmann::json* Config::find(std::string_view field) const {
  asked_.emplace(field);
  const auto found = json_.find(field);
  return found == json_.end() ? nullptr : &*found;
}

std::string Config::named(std::string_view field) const {
  return fmt::format("{}: \"{}{}\"", path_.string(), within_, files::excerpt(field));
}

std::unexpected<Error> Config::wrong(std::string_view field, std::string_view what) const {
  const auto found = json_.find(field);
  return fail(ErrorCode::corrupt,
              fmt::format("{} is {}, {} is needed", named(field),
                          found == json_.end() ? "missing" : shown(*found), what));
}

Result<std::string> Config::text(std::string_view field) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || !found->is_string()) return wrong(field, "a text");
  return found->get<std::string>();
}

Result<float> Config::number(std::string_view field) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || !found->is_number()) return wrong(field, "a number");
  return found->get<float>();
}

Result<float> Config::number(std::string_view field, float otherwise) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || found->is_null()) return otherwise;
  return number(field);
}

Result<std::size_t> Config::count(std::string_view field) const {
  const auto value = KINDRED_TRY(optional_count(field));
  if (!value) return wrong(field, "a whole number above 0");
  return *value;
}

Result<std::size_t> Config::count(std::string_view field, std::size_t otherwise) const {
  return KINDRED_TRY(optional_count(field)).value_or(otherwise);
}

Result<std::optional<std::size_t>> Config::optional_count(std::string_view field) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() == 0 ||
      found->get<std::uint64_t>() > kLargestCount)
    return wrong(field, fmt::format("a whole number from 1 to {}", kLargestCount));
  return found->get<std::size_t>();
}

Result<std::uint32_t> Config::id(std::string_view field, std::uint32_t otherwise) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || found->is_null()) return otherwise;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > kLargestCount)
    return wrong(field, fmt::format("a whole number from 0 to {}", kLargestCount));
  return found->get<std::uint32_t>();
}

Result<bool> Config::flag(std::string_view field, bool otherwise) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || found->is_null()) return otherwise;
  if (!found->is_boolean()) return wrong(field, "true or false");
  return found->get<bool>();
}

Result<std::optional<std::vector<std::string>>> Config::texts(std::string_view field) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_array() ||
      !std::ranges::all_of(*found, [](const nlohmann::json& one) { return one.is_string(); }))
    return wrong(field, "a list of texts");
  return found->get<std::vector<std::string>>();
}

Result<std::optional<Config>> Config::object(std::string_view field) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_object()) return wrong(field, "an object");
  Config object;
  object.path_ = path_;
  object.within_ = fmt::format("{}{}.", within_, field);
  object.json_ = *found;
  return object;
}

Result<void> Config::require(std::string_view field, const nlohmann::json& expected) const {
  const nlohmann::json* found = find(field);
  if (found == nullptr || *found == expected) return {};
  return fail(ErrorCode::unsupported, fmt::format("{} is {}, Kindred has {}", named(field),
                                                  shown(*found), shown(expected)));
}

Result<void> Config::require_known(std::span<const std::string_view> without_effect) const {
  for (const auto& [field, value] : json_.items()) {
    if (value.is_null() || asked_.contains(field) ||
        std::ranges::binary_search(kWithoutEffect, field) ||
        std::ranges::find(without_effect, field) != without_effect.end())
      continue;
    return fail(ErrorCode::unsupported,
                fmt::format("{} is {}, which Kindred doesn't know: it might change the vectors",
                            named(field), shown(value)));
  }
  return {};
}

}  // namespace kindred::model
