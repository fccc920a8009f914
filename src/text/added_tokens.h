/// Tokens that are found in the text itself, before anything is cut into words: [MASK], or a name
/// that must stay whole.
///
/// Those that are not `normalized` are looked for in the original text, the others in the
/// normalized one, as their own text looks normalized. The longest at the leftmost place wins.
/// `single_word` wants no word character beside it, `lstrip` and `rstrip` take the white space
/// beside it along.
///
/// Thread safety: immutable. Cost: linear in the text, with a step over what can't begin a token.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/trie.h"

namespace kindred::text {

struct AddedToken {
  std::string content;
  std::uint32_t id = 0;
  bool single_word = false;
  bool lstrip = false;
  bool rstrip = false;
  bool normalized = false;
  bool special = false;
  bool in_model = false;  ///< the model has it too: words may be cut into it
};

/// A stretch of a text: an added token where `token` is not null.
struct Stretch {
  std::size_t begin, end;
  const AddedToken* token;
};

class AddedTokens {
 public:
  AddedTokens() = default;
  /// `contents`: what to look for, one a token. An empty one is never found. `tokens` must outlive
  /// this.
  AddedTokens(const std::vector<const AddedToken*>& tokens,
              const std::vector<std::string>& contents);

  bool empty() const { return tokens_.empty(); }
  /// Replaces `stretches` by those of `text`, in order; together they are all of it, none is empty.
  /// A token that begins with white space, and has no `lstrip`, is found even in what the one
  /// before it took along, as in the reference; only then do stretches overlap.
  void split(std::string_view text, std::vector<Stretch>& stretches) const;

 private:
  std::vector<const AddedToken*> tokens_;
  Trie trie_;
  std::array<bool, 256> begins_{};  // the bytes that a token may begin with
};

}  // namespace kindred::text
