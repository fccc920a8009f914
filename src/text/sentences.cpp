#include "text/sentences.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

/// What a code point does to a sentence.
enum class Mark : std::uint8_t {
  none,
  space,
  line,     ///< the end of a line
  stop,     ///< the full stop, of many uses
  ends,     ///< ends a sentence before white space
  at_once,  ///< ends it, whatever follows
  closes,   ///< a quote or bracket that may stand behind the end
  goes_on,  ///< no sentence begins with it
};

struct MarkRange {
  char32_t first, last;
  Mark mark;
};

/// Beside ASCII; sorted. Sentence_Terminal of Unicode 15 for the scripts of living languages, the
/// closing ones of Pf, Pe and the quotes.
constexpr MarkRange kMarks[] = {
    {0x00AB, 0x00AB, Mark::closes},                                 // closes in German and Danish
    {0x00BB, 0x00BB, Mark::closes},  {0x0589, 0x0589, Mark::ends},  // Armenian
    {0x060C, 0x060C, Mark::goes_on},                                // Arabic comma
    {0x061B, 0x061B, Mark::goes_on}, {0x061D, 0x061F, Mark::ends},  // Arabic
    {0x06D4, 0x06D4, Mark::ends},                                   // Urdu
    {0x0700, 0x0702, Mark::ends},                                   // Syriac
    {0x0964, 0x0965, Mark::ends},  // danda: Hindi, Bengali and others
    {0x104A, 0x104B, Mark::ends},  // Burmese
    {0x1362, 0x1362, Mark::ends},  // Ethiopic
    {0x1367, 0x1368, Mark::ends},    {0x17D4, 0x17D5, Mark::ends},  // Khmer
    {0x1803, 0x1803, Mark::ends},                                   // Mongolian
    {0x1809, 0x1809, Mark::ends},    {0x2018, 0x2019, Mark::closes},
    {0x201B, 0x201D, Mark::closes},  // the left one closes in German
    {0x2026, 0x2026, Mark::stop},    // ellipsis
    {0x203A, 0x203A, Mark::closes},  {0x203C, 0x203D, Mark::ends},
    {0x2047, 0x2049, Mark::ends},    {0x3001, 0x3001, Mark::goes_on},
    {0x3002, 0x3002, Mark::at_once},  // Chinese and Japanese
    {0x3009, 0x3009, Mark::closes},  {0x300B, 0x300B, Mark::closes},
    {0x300D, 0x300D, Mark::closes},  {0x300F, 0x300F, Mark::closes},
    {0x3011, 0x3011, Mark::closes},  {0x301E, 0x301F, Mark::closes},
    {0xFF01, 0xFF01, Mark::at_once}, {0xFF09, 0xFF09, Mark::closes},
    {0xFF0C, 0xFF0C, Mark::goes_on}, {0xFF0E, 0xFF0E, Mark::at_once},
    {0xFF1F, 0xFF1F, Mark::at_once}, {0xFF3D, 0xFF3D, Mark::closes},
    {0xFF61, 0xFF61, Mark::at_once}, {0xFF63, 0xFF63, Mark::closes},
};

Mark mark_of(char32_t code) {
  if (code < 0x80) {
    switch (code) {
      case '.':
        return Mark::stop;
      case '!':
      case '?':
        return Mark::ends;
      case '"':
      case '\'':
      case ')':
      case ']':
      case '}':
        return Mark::closes;
      case ',':
      case ';':
      case ':':
      case '-':
        return Mark::goes_on;
      case '\n':
        return Mark::line;
      case ' ':
      case '\t':
      case '\r':
      case '\v':
      case '\f':
        return Mark::space;
      default:
        return Mark::none;
    }
  }
  const auto* row = std::ranges::upper_bound(kMarks, code, {}, &MarkRange::first);
  if (row != std::begin(kMarks) && code <= (row - 1)->last) return (row - 1)->mark;
  if (code == 0x2028 || code == 0x2029) return Mark::line;
  return (flags_of(code) & kSpace) != 0 ? Mark::space : Mark::none;
}

/// Letters that other letters are lowered to.
bool is_small(char32_t code) {
  static const std::vector<bool> small = [] {
    std::vector<bool> letters(0x20000);
    for (char32_t c = 0; c < letters.size(); ++c)
      if ((flags_of(c) & kLowered) != 0) letters[lowered(c).codes[0] % letters.size()] = true;
    return letters;
  }();
  return code < small.size() && small[code];
}

bool is_large(char32_t code) { return (flags_of(code) & kLowered) != 0; }

/// When an abbreviation's stop may end a sentence.
enum class Ends : std::uint8_t {
  never,            ///< a name or an explanation follows
  not_at_number,    ///< not where a number follows
  before_starters,  ///< only before a word that begins sentences
};

struct Abbreviation {
  std::string_view word;  ///< small letters, without its last stop
  Ends ends;
};

/// Of English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian; sorted.
constexpr Abbreviation kAbbreviations[] = {
    {"a.m", Ends::before_starters},
    {"abb", Ends::not_at_number},
    {"abs", Ends::not_at_number},
    {"adm", Ends::never},
    {"al", Ends::before_starters},
    {"approx", Ends::never},
    {"apr", Ends::not_at_number},
    {"art", Ends::not_at_number},
    {"asst", Ends::never},
    {"aug", Ends::not_at_number},
    {"ave", Ends::before_starters},
    {"bd", Ends::not_at_number},
    {"blvd", Ends::before_starters},
    {"bros", Ends::before_starters},
    {"bzgl", Ends::never},
    {"bzw", Ends::never},
    {"ca", Ends::never},
    {"capt", Ends::never},
    {"cf", Ends::never},
    {"ch", Ends::not_at_number},
    {"chap", Ends::not_at_number},
    {"co", Ends::before_starters},
    {"col", Ends::never},
    {"corp", Ends::before_starters},
    {"d.h", Ends::never},
    {"dec", Ends::not_at_number},
    {"dept", Ends::before_starters},
    {"dipl", Ends::never},
    {"dott", Ends::never},
    {"dr", Ends::never},
    {"dra", Ends::never},
    {"dz", Ends::before_starters},
    {"e.g", Ends::never},
    {"ed", Ends::before_starters},
    {"eds", Ends::before_starters},
    {"eq", Ends::not_at_number},
    {"est", Ends::before_starters},
    {"et al", Ends::before_starters},
    {"etc", Ends::before_starters},
    {"evtl", Ends::never},
    {"feb", Ends::not_at_number},
    {"fig", Ends::not_at_number},
    {"figs", Ends::not_at_number},
    {"ft", Ends::before_starters},
    {"gen", Ends::never},
    {"ggf", Ends::never},
    {"gov", Ends::never},
    {"hon", Ends::never},
    {"hr", Ends::never},
    {"hrsg", Ends::never},
    {"i.e", Ends::never},
    {"inc", Ends::before_starters},
    {"ing", Ends::not_at_number},
    {"inkl", Ends::never},
    {"insp", Ends::never},
    {"jan", Ends::not_at_number},
    {"jr", Ends::before_starters},
    {"kap", Ends::not_at_number},
    {"lt", Ends::never},
    {"ltd", Ends::before_starters},
    {"maj", Ends::never},
    {"max", Ends::not_at_number},
    {"min", Ends::not_at_number},
    {"mio", Ends::before_starters},
    {"mlle", Ends::never},
    {"mm", Ends::never},
    {"mme", Ends::never},
    {"mr", Ends::never},
    {"mrd", Ends::before_starters},
    {"mrs", Ends::never},
    {"ms", Ends::never},
    {"mt", Ends::never},
    {"no", Ends::not_at_number},
    {"nos", Ends::not_at_number},
    {"nov", Ends::not_at_number},
    {"np", Ends::never},
    {"nr", Ends::not_at_number},
    {"oct", Ends::not_at_number},
    {"p.ex", Ends::never},
    {"p.m", Ends::before_starters},
    {"ph.d", Ends::before_starters},
    {"pp", Ends::not_at_number},
    {"pres", Ends::never},
    {"prof", Ends::never},
    {"pt", Ends::not_at_number},
    {"rep", Ends::never},
    {"resp", Ends::never},
    {"rev", Ends::never},
    {"sec", Ends::not_at_number},
    {"sen", Ends::never},
    {"sept", Ends::not_at_number},
    {"sgt", Ends::never},
    {"sig", Ends::never},
    {"sog", Ends::never},
    {"sr", Ends::never},
    {"sra", Ends::never},
    {"srta", Ends::never},
    {"st", Ends::never},
    {"str", Ends::not_at_number},
    {"tab", Ends::not_at_number},
    {"tel", Ends::not_at_number},
    {"u.a", Ends::never},
    {"u.s", Ends::before_starters},
    {"ud", Ends::never},
    {"usw", Ends::before_starters},
    {"vgl", Ends::never},
    {"vol", Ends::not_at_number},
    {"vs", Ends::never},
    {"z.b", Ends::never},
    {"zb", Ends::never},
    {"zzgl", Ends::never},
    {"\u0433", Ends::never},
    {"\u0433\u043B", Ends::not_at_number},
    {"\u0438\u043C", Ends::never},
    {"\u0440\u0438\u0441", Ends::not_at_number},
    {"\u0441\u043C", Ends::never},
    {"\u0441\u0442\u0440", Ends::not_at_number},
    {"\u0442.\u0435", Ends::never},
    {"\u0443\u043B", Ends::never},
};
static_assert(std::ranges::is_sorted(kAbbreviations, {}, &Abbreviation::word));

/// Words with which sentences often begin and names never do.
constexpr std::string_view kStarters[] = {
    "a",     "aber", "after", "all",   "also",  "an",   "and",   "as",   "at",   "but",
    "das",   "der",  "die",   "dies",  "doch",  "el",   "en",    "er",   "es",   "for",
    "he",    "her",  "his",   "how",   "i",     "if",   "il",    "in",   "it",   "its",
    "la",    "las",  "le",    "les",   "los",   "many", "most",  "my",   "no",   "of",
    "on",    "one",  "our",   "she",   "sie",   "so",   "some",  "such", "that", "the",
    "their", "then", "there", "these", "they",  "this", "those", "to",   "un",   "und",
    "we",    "what", "when",  "where", "while", "who",  "why",   "wir",  "you",  "your"};

/// `word` in small letters.
std::string small(std::string_view word) {
  std::string result;
  for (std::size_t i = 0; i < word.size();) {
    const auto [code, size] = decode(word, i);
    if (is_large(code)) {
      char bytes[4];
      result.append(bytes, encode(lowered(code).codes[0], bytes));
    } else {
      result.append(word, i, size);
    }
    i += size;
  }
  return result;
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Sentence> run() {
    for (std::size_t i = 0; i < text_.size();) {
      const auto [code, size] = decode(text_, i);
      const Mark mark = mark_of(code);
      if (mark == Mark::space || mark == Mark::line) {
        const std::size_t next = after_space(i);
        if (paragraph_) end_at(i);
        i = next;
        continue;
      }
      if (begin_ == kNone) begin_ = i;
      i += size;
      if (mark == Mark::stop || mark == Mark::ends || mark == Mark::at_once)
        i = after_terminator(i - size);
    }
    end_at(text_.size());
    return std::move(sentences_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Decoded at(std::size_t i) const { return decode(text_, i); }

  /// Where the white space at `i` ends; notes whether an empty line is in it.
  std::size_t after_space(std::size_t i) {
    std::size_t lines = 0;
    while (i < text_.size()) {
      const auto [code, size] = at(i);
      const Mark mark = mark_of(code);
      if (mark != Mark::space && mark != Mark::line) break;
      lines += mark == Mark::line ? 1 : 0;
      i += size;
    }
    paragraph_ = lines > 1;
    return i;
  }

  void end_at(std::size_t i) {
    if (begin_ == kNone) return;
    while (i > begin_) {
      std::size_t last = i - 1;
      while (last > begin_ && (static_cast<unsigned char>(text_[last]) & 0xC0) == 0x80) --last;
      const Mark mark = mark_of(at(last).code);
      if (mark != Mark::space && mark != Mark::line) break;
      i = last;
    }
    sentences_.push_back({begin_, i});
    begin_ = kNone;
  }

  /// Ends the sentence behind the marks at `i`, if they do that. Returns where to go on.
  std::size_t after_terminator(std::size_t i) {
    const std::size_t first = i;
    bool at_once = false;
    bool only_stops = true;
    std::size_t stops = 0;
    bool closed = false;
    while (i < text_.size()) {
      const auto [code, size] = at(i);
      const Mark mark = mark_of(code);
      if (mark == Mark::closes) {
        closed = true;
      } else if (mark == Mark::stop) {
        stops += code == '.' ? 1 : 3;
        closed = false;
      } else if (mark == Mark::ends || mark == Mark::at_once) {
        only_stops = false;
        at_once |= mark == Mark::at_once;
        closed = false;
      } else {
        break;
      }
      i += size;
    }
    const std::size_t end = i;
    if (i == text_.size()) return i;
    const std::size_t next = after_space(i);
    if (next == text_.size() || paragraph_) return end;
    if (at_once) {
      if (!closed || next != end || opens(at(end).code)) end_at(end);
      return end;
    }
    if (next == end) return end;
    const char32_t following = at(next).code;
    if (mark_of(following) == Mark::goes_on) return end;
    if (is_small(following) && (only_stops || closed)) return end;
    if (only_stops && stops == 1 && !closed && !stop_ends(first, next)) return end;
    end_at(end);
    return end;
  }

  /// Behind a Chinese or Japanese quote the sentence around it goes on, unless another quote opens.
  static bool opens(char32_t code) {
    constexpr std::array<char32_t, 6> kOpening = {0x2018, 0x201C, 0x300A, 0x300C, 0x300E, 0xFF08};
    return std::ranges::find(kOpening, code) != kOpening.end();
  }

  /// Whether a single full stop at `stop` ends a sentence, when `next` is where the next word
  /// begins, behind white space.
  bool stop_ends(std::size_t stop, std::size_t next) const {
    std::size_t begin = stop;
    while (begin > begin_) {
      const char before = text_[begin - 1];
      if (before == ' ' || before == '\t' || before == '\n' || before == '(' || before == '"' ||
          before == '\'' || before == '-')
        break;
      --begin;
    }
    const std::string_view word = text_.substr(begin, stop - begin);
    if (word.empty()) return true;
    // "1." at the start of a line, or of the text.
    if (std::ranges::all_of(word, is_digit))
      return !(begin == begin_ && (begin == 0 || text_[begin - 1] == '\n'));
    // An initial; but "I" is a word, and other scripts have words of one letter.
    if (const auto [code, size] = decode(word, 0);
        size == word.size() && is_large(code) && code != 'I')
      return false;
    const std::string abbreviation = small(word);
    const auto* row =
        std::ranges::lower_bound(kAbbreviations, abbreviation, {}, &Abbreviation::word);
    const bool listed = row != std::end(kAbbreviations) && row->word == abbreviation;
    // Letters with stops between them are abbreviations, listed or not.
    if (!listed && !has_inner_stops(word)) return true;
    switch (listed ? row->ends : Ends::before_starters) {
      case Ends::never:
        return false;
      case Ends::not_at_number:
        return !is_digit(text_[next]);
      case Ends::before_starters:
        break;
    }
    return is_starter(next);
  }

  static bool has_inner_stops(std::string_view word) {
    // Each part a letter or two: U.S, Ph.D, but no address.
    std::size_t part = 0;
    bool any = false;
    for (std::size_t i = 0; i < word.size();) {
      const auto [code, size] = decode(word, i);
      if (code == '.') {
        any = true;
        part = 0;
      } else if (++part > 2) {
        return false;
      }
      i += size;
    }
    return any;
  }

  bool is_starter(std::size_t i) const {
    if (i < text_.size() && mark_of(at(i).code) == Mark::closes) ++i;  // an opening " or '
    std::size_t end = i;
    while (end < text_.size() && static_cast<unsigned char>(text_[end]) < 0x80 &&
           mark_of(static_cast<unsigned char>(text_[end])) == Mark::none)
      ++end;
    if (end == i || !is_large(at(i).code)) return false;
    return std::ranges::binary_search(kStarters, small(text_.substr(i, end - i)));
  }

  std::string_view text_;
  std::size_t begin_ = kNone;  ///< of the sentence that is open
  bool paragraph_ = false;     ///< the last white space had an empty line
  std::vector<Sentence> sentences_;
};

}  // namespace

std::vector<Sentence> split_sentences(std::string_view text) { return Splitter(text).run(); }

}  // namespace kindred::text
