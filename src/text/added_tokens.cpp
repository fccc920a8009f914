#include "text/added_tokens.h"

#include <algorithm>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// The code point that ends at `end`, which is above 0.
Decoded decode_before(std::string_view text, std::size_t end) {
  for (std::size_t size = std::min<std::size_t>(4, end); size > 1; --size)
    if (const Decoded decoded = decode(text, end - size); decoded.size == size) return decoded;
  return {decode(text.substr(0, end), end - 1).code, 1};
}

bool word_before(std::string_view text, std::size_t end) {
  return end > 0 && (flags_of(decode_before(text, end).code) & kWord) != 0;
}

bool word_at(std::string_view text, std::size_t begin) {
  return begin < text.size() && (flags_of(decode(text, begin).code) & kWord) != 0;
}

}  // namespace

AddedTokens::AddedTokens(const std::vector<const AddedToken*>& tokens,
                         const std::vector<std::string>& contents) {
  std::vector<std::pair<std::string_view, std::int32_t>> strings;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& content = contents[i];
    if (content.empty()) continue;
    // Of tokens that look the same when normalized, the last counts.
    const auto same =
        std::ranges::find(strings, content, [](const auto& string) { return string.first; });
    if (same == strings.end()) {
      strings.emplace_back(content, static_cast<std::int32_t>(tokens_.size()));
      tokens_.push_back(tokens[i]);
    } else {
      tokens_[static_cast<std::size_t>(same->second)] = tokens[i];
    }
    begins_[static_cast<unsigned char>(content.front())] = true;
  }
  trie_ = Trie(strings);
}

void AddedTokens::split(std::string_view text, std::vector<Stretch>& stretches) const {
  stretches.clear();
  std::size_t done = 0;  // where the last token ends
  for (std::size_t begin = 0; begin < text.size();) {
    if (!begins_[static_cast<unsigned char>(text[begin])]) {
      ++begin;
      continue;
    }
    const AddedToken* token = nullptr;
    std::size_t end = begin;
    Trie::State state = trie_.root();
    for (std::size_t i = begin; i < text.size(); ++i) {
      state = trie_.child(state, static_cast<unsigned char>(text[i]));
      if (state == Trie::kNone) break;
      if (const auto value = trie_.value(state); value != Trie::kNoValue) {
        token = tokens_[static_cast<std::size_t>(value)];
        end = i + 1;
      }
    }
    if (token == nullptr) {
      ++begin;
      continue;
    }
    const std::size_t next = end;
    if (!token->single_word || (!word_before(text, begin) && !word_at(text, end))) {
      if (token->lstrip) {
        while (begin > done && (flags_of(decode_before(text, begin).code) & kSpace) != 0)
          begin -= decode_before(text, begin).size;
        begin = std::max(begin, done);
      }
      if (token->rstrip)
        while (end < text.size() && (flags_of(decode(text, end).code) & kSpace) != 0)
          end += decode(text, end).size;
      if (done < begin) stretches.push_back({done, begin, nullptr});
      if (begin < end) stretches.push_back({begin, end, token});
      done = end;
    }
    begin = next;
  }
  if (done < text.size()) stretches.push_back({done, text.size(), nullptr});
}

}  // namespace kindred::text
