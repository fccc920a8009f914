/// Prompts: what an embedding model wants to read before a text ("query: "), as sentence-
/// transformers' config_sentence_transformers.json names them.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/embedder.h"
#include "kindred/result.h"

namespace kindred::embed {

struct Prompts {
  std::map<std::string, std::string> texts;  ///< by name
  std::optional<std::string> default_name;   ///< of that which is put before every text
};

/// Of a configuration: `prompts` and `default_prompt_name`.
Result<Prompts> read_prompts(const std::filesystem::path& path);

/// What to put before the texts of a call, as the reference's encode, encode_query and
/// encode_document choose it: the prompt that is given; else that of the name that is given; else,
/// where the texts have a role, that of the role ("query"; the first of "document", "passage",
/// "corpus"), or none; else the default one. A name that isn't there is an error that lists those
/// that are.
///
/// (sentence-transformers 6.2 says the same of documents, but gives every model an empty "document"
/// prompt, which then hides a "passage" of the model's own.)
Result<std::string> prompt_for(const Prompts& prompts, const EmbedOptions& options);

/// Texts, each with a prompt before it; they must outlive it.
class Prompted {
 public:
  Prompted(std::span<const std::string_view> texts, const std::string& prompt) : plain_(texts) {
    if (prompt.empty()) return;
    for (const std::string_view text : texts) joined_.push_back(prompt + std::string(text));
    views_.assign(joined_.begin(), joined_.end());
  }
  std::span<const std::string_view> texts() const { return joined_.empty() ? plain_ : views_; }

 private:
  std::span<const std::string_view> plain_;
  std::vector<std::string> joined_;
  std::vector<std::string_view> views_;
};

}  // namespace kindred::embed
