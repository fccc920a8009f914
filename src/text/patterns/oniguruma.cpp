#include "text/patterns/oniguruma.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "text/patterns/character_sets.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

constexpr std::size_t kNone = std::string::npos;
constexpr char32_t kLargestCodePoint = 0x10FFFF;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_alphanumeric(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

std::string hexadecimal(char32_t code) {
  return fmt::format("\\x{{{:x}}}", static_cast<std::uint32_t>(code));
}

/// Reads the expression from left to right and writes the other as it goes.
class Translator {
 public:
  Translator(std::string_view expression, std::string_view place)
      : in_(expression), place_(place) {}

  Result<std::string> run() {
    while (at_ < in_.size()) KINDRED_TRY(next());
    if (!groups_.empty()) return wrong("a ( without its )");
    close(options_open_);
    return std::move(out_);
  }

 private:
  /// A group that is not closed yet.
  struct Group {
    std::size_t begin;         // in out_
    std::size_t options_open;  // of the group around it
  };

  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorCode::unsupported,
                fmt::format("{}: the regular expression \"{}\" has, before byte {}, {}", place_,
                            in_, at_, what));
  }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0';
  }
  bool take(std::string_view text) {
    if (!in_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  /// What is written now can be repeated.
  void put_atom(std::string_view text) {
    atom_ = out_.size();
    repeated_ = false;
    out_ += text;
  }
  void put_assertion(std::string_view text) {
    atom_ = kNone;
    out_ += text;
  }
  void close(std::size_t count) { out_.append(count, ')'); }

  Result<void> next() {
    const char letter = peek();
    switch (letter) {
      case '\\':
        return escape();
      case '[':
        return character_class();
      case '(':
        return open_group();
      case ')':
        return close_group();
      case '*':
      case '+':
      case '?':
        return repeat();
      case '{':
        return repeat();
      case '|':
      case '^':
      case '$':
        ++at_;
        put_assertion({&letter, 1});
        return {};
      default:
        const std::size_t size = decode(in_, at_).size;
        put_atom(in_.substr(at_, size));
        at_ += size;
        return {};
    }
  }

  // Repetitions

  struct Repetition {
    std::string text;
    bool interval = false;  // {n,m}
    bool fixed = false;     // {n}
  };
  /// Nothing: a brace that is a character.
  std::optional<Repetition> read_repetition() {
    const char letter = peek();
    if (letter != '{') {
      ++at_;
      return Repetition{.text = {letter}};
    }
    std::size_t i = at_ + 1;
    const auto digits = [&] {
      const std::size_t begin = i;
      while (i < in_.size() && is_digit(in_[i])) ++i;
      return std::string(in_.substr(begin, i - begin));
    };
    const std::string least = digits();
    Repetition found{.interval = true};
    if (i < in_.size() && in_[i] == ',') {
      ++i;
      const std::string most = digits();
      if (least.empty() && most.empty()) return std::nullopt;
      found.text = fmt::format("{{{},{}}}", least.empty() ? "0" : least, most);
    } else {
      if (least.empty()) return std::nullopt;
      found.text = fmt::format("{{{}}}", least);
      found.fixed = true;
    }
    if (i >= in_.size() || in_[i] != '}') return std::nullopt;
    at_ = i + 1;
    return found;
  }

  Result<void> repeat() {
    const auto repetition = read_repetition();
    if (!repetition) {
      ++at_;
      put_atom("\\{");
      return {};
    }
    if (atom_ == kNone) return wrong("nothing to repeat");
    if (repeated_) wrap();
    out_ += repetition->text;
    repeated_ = true;
    // An interval is never possessive, and a fixed one never lazy: what stands behind it repeats
    // it.
    if (peek() == '?' && !repetition->fixed) {
      ++at_;
      out_ += '?';
    } else if (peek() == '+' && !repetition->interval) {
      ++at_;
      out_ += '+';
    }
    return {};
  }
  void wrap() {
    out_.insert(atom_, "(?:");
    out_ += ')';
  }

  // Groups

  Result<void> open_group() {
    ++at_;
    const std::size_t begin = out_.size();
    if (peek() == '*') return wrong("a (*name), which Kindred does not know");
    if (peek() != '?') {
      out_ += '(';
    } else {
      ++at_;
      if (take("#")) return comment();
      static constexpr std::string_view kKinds[] = {":", "=", "!", ">", "<=", "<!"};
      const auto* kind =
          std::ranges::find_if(kKinds, [&](std::string_view text) { return take(text); });
      if (kind != std::end(kKinds)) {
        out_ += fmt::format("(?{}", *kind);
      } else if (peek() == '<' && is_alphanumeric(peek(1))) {
        const std::size_t end = in_.find('>', at_);
        if (end == std::string_view::npos) return wrong("a name without its >");
        out_ += fmt::format("(?{}", in_.substr(at_, end + 1 - at_));
        at_ = end + 1;
      } else {
        return options();
      }
    }
    open(begin);
    return {};
  }
  void open(std::size_t begin) {
    groups_.push_back({begin, options_open_});
    options_open_ = 0;
    atom_ = kNone;
  }
  Result<void> close_group() {
    if (groups_.empty()) return wrong("a ) without its (");
    ++at_;
    close(options_open_ + 1);
    options_open_ = groups_.back().options_open;
    atom_ = groups_.back().begin;
    repeated_ = false;
    groups_.pop_back();
    return {};
  }
  Result<void> comment() {
    const std::size_t end = in_.find(')', at_);
    if (end == std::string_view::npos) return wrong("a comment without its )");
    at_ = end + 1;
    return {};
  }
  /// (?i:...), or (?i), which holds to the end of the group around it, alternatives included.
  Result<void> options() {
    const std::size_t begin = out_.size();
    out_ += "(?";
    for (; peek() != ':' && peek() != ')'; ++at_) {
      switch (peek()) {
        case 'i':
        case '-':
          out_ += peek();
          break;
        case 'm':
          out_ += 's';
          break;
        default:
          return wrong(fmt::format("a group (?{}, which Kindred does not know", peek()));
      }
    }
    out_ += ':';
    if (take(":")) {
      open(begin);
    } else {
      ++at_;
      ++options_open_;
      atom_ = kNone;
    }
    return {};
  }

  // Escapes

  Result<void> escape() {
    ++at_;
    const char letter = peek();
    switch (letter) {
      case 'b':
      case 'B': {
        ++at_;
        const std::string word = fmt::format(
            "[{}]", sets_.between_brackets(set_of_escape('w', NamedIn::expression), false));
        put_assertion(letter == 'b' ? fmt::format("(?:(?<={0})(?!{0})|(?<!{0})(?={0}))", word)
                                    : fmt::format("(?:(?<={0})(?={0})|(?<!{0})(?!{0}))", word));
        return {};
      }
      case 'A':
      case 'z':
      case 'Z':
      case 'G':
      case 'K':
        ++at_;
        put_assertion(fmt::format("\\{}", letter));
        return {};
      case 'N':
      case 'R':
        ++at_;
        put_atom(fmt::format("\\{}", letter));
        return {};
      case 'O':
        ++at_;
        put_atom("(?s:.)");
        return {};
      case 'k': {
        const std::size_t end = in_.find('>', at_);
        if (peek(1) != '<' || end == std::string_view::npos)
          return wrong("a \\k without its <name>");
        put_atom(fmt::format("\\{}", in_.substr(at_, end + 1 - at_)));
        at_ = end + 1;
        return {};
      }
      default:
        break;
    }
    if (letter >= '1' && letter <= '9') {
      std::size_t end = at_;
      while (end < in_.size() && is_digit(in_[end])) ++end;
      put_atom(fmt::format("\\g{{{}}}", in_.substr(at_, end - at_)));
      at_ = end;
      return {};
    }
    if (const auto set = KINDRED_TRY(escaped_set(NamedIn::expression))) {
      put_atom(fmt::format("[{}]", *set));
      return {};
    }
    put_atom(KINDRED_TRY(escaped_character()));
    return {};
  }

  /// What stands between brackets for \s, \p{L} and their like; nothing where the escape is
  /// another.
  Result<std::optional<std::string>> escaped_set(NamedIn place) {
    const char letter = peek();
    const char lower = static_cast<char>(letter | 0x20);
    if (lower == 'd' || lower == 's' || lower == 'w' || lower == 'h') {
      ++at_;
      return sets_.between_brackets(set_of_escape(lower, place), letter != lower);
    }
    if (lower != 'p') return std::nullopt;
    const std::size_t end = in_.find('}', at_);
    if (peek(1) != '{' || end == std::string_view::npos) return wrong("a \\p without its {name}");
    bool negated = letter == 'P';
    std::string_view name = in_.substr(at_ + 2, end - at_ - 2);
    if (name.starts_with('^')) {
      negated = !negated;
      name.remove_prefix(1);
    }
    at_ = end + 1;
    return named_set(name, negated, place);
  }
  Result<std::optional<std::string>> named_set(std::string_view name, bool negated, NamedIn place) {
    if (name.empty() || !std::ranges::all_of(name, [](char letter) {
          return is_alphanumeric(letter) || letter == '_' || letter == ' ' || letter == '-';
        }))
      return wrong(fmt::format("a set of characters of the name \"{}\"", name));
    // What is no category is a script, which PCRE2 knows by the same name.
    const auto set = set_of_name(name, place);
    return sets_.between_brackets(
        set ? *set : CharacterSet{fmt::format("\\p{{{}}}", name), nullptr}, negated);
  }

  /// \n, \x{e4}, \-: one character.
  Result<std::string> escaped_character() {
    const char letter = peek();
    if (at_ >= in_.size()) return wrong("a \\ at its end");
    switch (letter) {
      case 't':
      case 'n':
      case 'r':
      case 'f':
      case 'a':
      case 'e':
        ++at_;
        return fmt::format("\\{}", letter);
      case 'v':
        ++at_;
        return hexadecimal('\v');
      case 'x':
        ++at_;
        return peek() == '{' ? braced_number(16) : KINDRED_TRY(number(16, 1, 2, 0x7F));
      case 'u':
        ++at_;
        return number(16, 4, 4, kLargestCodePoint);
      case 'o':
        ++at_;
        return braced_number(8);
      case '0':
        return number(8, 1, 3, 0x7F);
      default:
        break;
    }
    if (is_alphanumeric(letter))
      return wrong(fmt::format("a \\{}, which Kindred does not know", letter));
    const std::size_t size = decode(in_, at_).size;
    std::string text = size == 1 ? "\\" : "";
    text += in_.substr(at_, size);
    at_ += size;
    return text;
  }
  /// A code point of at least `least` digits, and at most `most`.
  Result<std::string> number(std::uint32_t base, std::size_t least, std::size_t most,
                             char32_t largest) {
    char32_t code = 0;
    std::size_t digits = 0;
    for (; digits < most; ++digits, ++at_) {
      const char letter = peek();
      const char lower = static_cast<char>(letter | 0x20);
      std::uint32_t digit = base;
      if (is_digit(letter)) digit = static_cast<std::uint32_t>(letter - '0');
      if (lower >= 'a' && lower <= 'f') digit = static_cast<std::uint32_t>(lower - 'a' + 10);
      if (digit >= base) break;
      code = code * base + digit;
    }
    if (digits < least || code > largest) return wrong("a number that is no character");
    return hexadecimal(code);
  }
  Result<std::string> braced_number(std::uint32_t base) {
    if (!take("{")) return wrong("a number without its braces");
    std::string text = KINDRED_TRY(number(base, 1, 7, kLargestCodePoint));
    if (!take("}")) return wrong("a number without its braces");
    return text;
  }

  // Character classes

  Result<void> character_class() {
    ++at_;
    std::string text = "[";
    if (take("^")) text += '^';
    if (take("]")) text += "\\]";
    while (peek() != ']') {
      if (at_ >= in_.size()) return wrong("a [ without its ]");
      text += KINDRED_TRY(class_member());
    }
    ++at_;
    put_atom(text + "]");
    return {};
  }
  Result<std::string> class_member() {
    if (peek() == '[') {
      const std::size_t end = in_.find(":]", at_);
      if (peek(1) != ':' || end == std::string_view::npos)
        return wrong("a set inside of a set, which Kindred does not know");
      std::string_view name = in_.substr(at_ + 2, end - at_ - 2);
      const bool negated = name.starts_with('^');
      if (negated) name.remove_prefix(1);
      if (!set_of_name(name, NamedIn::posix_brackets))
        return wrong(fmt::format("a set [:{}:]", name));
      at_ = end + 2;
      return *KINDRED_TRY(named_set(name, negated, NamedIn::posix_brackets));
    }
    if (in_.substr(at_).starts_with("&&"))
      return wrong("a set that is the intersection of two, which Kindred does not know");
    if (take("\\b")) return hexadecimal('\b');
    if (take("\\")) {
      if (auto set = KINDRED_TRY(escaped_set(NamedIn::brackets))) return *std::move(set);
      return escaped_character();
    }
    const std::size_t size = decode(in_, at_).size;
    std::string text(in_.substr(at_, size));
    at_ += size;
    return text;
  }

  std::string_view in_;
  std::string_view place_;
  std::size_t at_ = 0;
  std::string out_;
  std::size_t atom_ = kNone;  // where in out_ what a repetition repeats begins
  bool repeated_ = false;     // it has a repetition already
  std::vector<Group> groups_;
  std::size_t options_open_ = 0;  // groups of (?i) that end with the one around them
  SetWriter sets_;
};

}  // namespace

Result<std::string> oniguruma_to_pcre2(std::string_view expression, std::string_view place) {
  return Translator(expression, place).run();
}

}  // namespace kindred::text
