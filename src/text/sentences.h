/// Where the sentences of a text are, in many languages, by rules.
///
/// A sentence ends behind a mark that can end one (Unicode's Sentence_Terminal: . ! ? and their
/// sisters in other scripts), with the quotes and brackets that close behind it. Marks of Chinese
/// and Japanese end it at once, the others where white space or the end of the text follows. A full
/// stop has other uses too, so it ends no sentence
///
/// - inside a number, a name or an address (3.14, example.org), as nothing follows it there;
/// - before a small letter, or a mark that goes on (, ; :);
/// - behind an initial (J. Smith) and behind abbreviations (sentences.cpp lists them), which by
///   their kind never end one, not before a number, or only before a word that begins sentences;
/// - behind a number at the start of a line (a list).
///
/// An empty line ends a sentence always, the end of a line never by itself. (After UAX #29,
/// "Unicode Text Segmentation", section 5, with lists of abbreviations, as Koehn 2005 has them for
/// Europarl.)
///
/// Thread safety: pure. Cost: linear.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kindred::text {

/// Bytes [begin, end) of a text.
struct Sentence {
  std::size_t begin, end;
  bool operator==(const Sentence&) const = default;
};

/// In order, without the white space around them; what is not white space belongs to one of them.
/// Bytes that are not UTF-8 are as letters.
std::vector<Sentence> split_sentences(std::string_view text);

}  // namespace kindred::text
