#include "text/unicode/clusters.h"

#include "text/unicode/forms.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

constexpr char32_t kJoiner = 0x200D;

bool is_flag(char32_t code) { return code >= 0x1F1E6 && code <= 0x1F1FF; }

/// Whether Hangul goes on: leading consonants, vowels, trailing consonants, in this order (rules
/// GB6 to GB8).
bool goes_on(FormFlags before, FormFlags after) {
  if ((before & kLeading) != 0)
    return (after & (kLeading | kVowel | kLeadingVowel | kSyllable)) != 0;
  if ((before & (kVowel | kLeadingVowel)) != 0) return (after & (kVowel | kTrailing)) != 0;
  return (before & (kTrailing | kSyllable)) != 0 && (after & kTrailing) != 0;
}

}  // namespace

std::size_t end_of_cluster(std::string_view text, std::size_t begin) {
  auto [code, size] = decode(text, begin);
  FormFlags flags = form_flags_of(code);
  std::size_t end = begin + size;
  if (code == '\r' && end < text.size() && text[end] == '\n') return end + 1;
  if ((flags & kControl) != 0) return end;

  // What decides beyond the code point before: a picture, then marks (GB11); a consonant, marks, a
  // linker among them (GB9c); how many flags stand side by side (GB12).
  bool picture = (flags & kPicture) != 0;
  bool consonant = (flags & kConsonant) != 0;
  bool linked = false;
  bool lone_flag = is_flag(code);
  while (end < text.size()) {
    const auto next = decode(text, end);
    const FormFlags next_flags = form_flags_of(next.code);
    const bool joined_picture = picture && code == kJoiner && (next_flags & kPicture) != 0;
    const bool conjunct = consonant && linked && (next_flags & kConsonant) != 0;
    const bool flag = lone_flag && is_flag(next.code);
    const bool attached = (next_flags & kAttaches) != 0;
    const bool prepended = (flags & kPrepends) != 0 && (next_flags & kControl) == 0;
    if (!attached && !prepended && !joined_picture && !conjunct && !flag &&
        !goes_on(flags, next_flags))
      break;
    // Marks lead on from a picture to the joiner; whatever stands behind the joiner starts anew.
    picture =
        (next_flags & kPicture) != 0 ||
        (picture && code != kJoiner && ((next_flags & kExtends) != 0 || next.code == kJoiner));
    if ((next_flags & kConsonant) != 0) {
      consonant = true;
      linked = false;
    } else if ((next_flags & kLinker) != 0) {
      linked = consonant;
    } else if ((next_flags & kBetween) == 0) {
      consonant = false;
    }
    lone_flag = is_flag(next.code) && !flag;
    code = next.code;
    flags = next_flags;
    end += next.size;
  }
  return end;
}

}  // namespace kindred::text
