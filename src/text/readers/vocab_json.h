/// `vocab.json` and `merges.txt`: byte pairs as they were kept before tokenizer.json, GPT-2's way.
///
/// vocab.json has the tokens and their ids, merges.txt a pair a line, the earliest first. What is
/// done to a text beside that stands in no file: it is what the tokenizer's class did, whose name
/// is in tokenizer_config.json ("tokenizer_class"), or follows from the "model_type" of
/// config.json. So there is a table of classes; each becomes a tokenizer.json in memory, which
/// tokenizer_json.h reads. tokenizer_config.json, special_tokens_map.json and added_tokens.json,
/// where they are there, say what special tokens are called and which tokens were added.
///
/// Errors: no class, or one that is not in the table, which names those that are; a merge that is
/// no pair; special tokens that a class needs and the files set to null; what tokenizer_json.h
/// refuses.
/// Cost: a second parse of the vocabulary.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kindred/result.h"
#include "text/specification.h"

namespace kindred::text {

/// The texts of the files; nothing where there is none.
struct VocabJsonFiles {
  std::filesystem::path folder;                   ///< begins messages
  std::string vocabulary;                         ///< vocab.json
  std::string merges;                             ///< merges.txt
  std::optional<std::string> settings;            ///< tokenizer_config.json
  std::optional<std::string> special_tokens_map;  ///< special_tokens_map.json
  std::optional<std::string> added_tokens;        ///< added_tokens.json
  std::optional<std::string> config;              ///< config.json, of the model
};

Result<TokenizerSpecification> parse_vocab_json(const VocabJsonFiles& files);
/// `path` is that of vocab.json; the other files are beside it.
Result<TokenizerSpecification> read_vocab_json(const std::filesystem::path& path);

}  // namespace kindred::text
