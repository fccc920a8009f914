#include "text/patterns/regular_expression.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <limits>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "text/patterns/oniguruma.h"
#include "text/text_error.h"
#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

constexpr std::uint32_t kHeapKibibytes = 512 * 1024;

/// Owns what PCRE2 made.
template <typename T, void (*release)(T*)>
struct Release {
  void operator()(T* made) const { release(made); }
};
using CompileContext =
    std::unique_ptr<pcre2_compile_context,
                    Release<pcre2_compile_context, static_cast<void (*)(pcre2_compile_context*)>(
                                                       pcre2_compile_context_free)>>;
using MatchContext =
    std::unique_ptr<pcre2_match_context, Release<pcre2_match_context, pcre2_match_context_free>>;
using MatchData =
    std::unique_ptr<pcre2_match_data, Release<pcre2_match_data, pcre2_match_data_free>>;

/// What a search has cost so far.
struct Work {
  std::uint64_t left;
  std::size_t position = 0;  // where the last step was
};

/// Called before each item of the expression: a step for it, and one for each byte that was passed
/// since the last time.
int count_step(pcre2_callout_block* block, void* data) {
  Work& work = *static_cast<Work*>(data);
  const std::size_t position = block->current_position;
  const std::size_t steps =
      1 + (position > work.position ? position - work.position : work.position - position);
  work.position = position;
  if (steps > work.left) return PCRE2_ERROR_CALLOUT;
  work.left -= steps;
  return 0;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string message_of(int error) {
  std::string message(256, '\0');
  const int size = pcre2_get_error_message(error, reinterpret_cast<unsigned char*>(message.data()),
                                           message.size());
  message.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return message;
}

/// One search after the other in one text.
class Search {
 public:
  Search(const pcre2_code* code, std::string_view text)
      : code_(code),
        text_(text),
        context_(pcre2_match_context_create(nullptr)),
        data_(pcre2_match_data_create(1, nullptr)),
        work_{RegularExpression::kSteps + RegularExpression::kStepsPerByte * text.size()} {
    if (!context_ || !data_) throw std::bad_alloc();
    pcre2_set_callout(context_.get(), count_step, &work_);
    // Steps are counted; PCRE2's own counts would end a search for other reasons.
    pcre2_set_match_limit(context_.get(), std::numeric_limits<std::uint32_t>::max());
    pcre2_set_depth_limit(context_.get(), std::numeric_limits<std::uint32_t>::max());
    pcre2_set_heap_limit(context_.get(), kHeapKibibytes);
  }

  /// The first match at or after `begin`.
  std::optional<Match> next(std::size_t begin) {
    work_.position = begin;
    int found = match(begin, 0);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) found = match(begin, PCRE2_NO_JIT);
    if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (found == PCRE2_ERROR_CALLOUT)
      throw TextError("a regular expression takes too many steps on it");
    if (found < 0) throw TextError("a regular expression fails on it: " + message_of(found));
    const std::size_t* ends = pcre2_get_ovector_pointer(data_.get());
    return Match{ends[0], ends[1]};
  }

 private:
  int match(std::size_t begin, std::uint32_t options) {
    return pcre2_match(code_, bytes_of(text_), text_.size(), begin, PCRE2_NO_UTF_CHECK | options,
                       data_.get(), context_.get());
  }

  const pcre2_code* code_;
  std::string_view text_;
  MatchContext context_;
  MatchData data_;
  Work work_;
};

}  // namespace

void RegularExpression::Free::operator()(pcre2_real_code_8* code) const { pcre2_code_free(code); }

Result<std::unique_ptr<const Pattern>> RegularExpression::compile(std::string_view expression,
                                                                  std::string_view place) {
  const std::string translated = KINDRED_TRY(oniguruma_to_pcre2(expression, place));
  const CompileContext context(pcre2_compile_context_create(nullptr));
  if (!context) throw std::bad_alloc();
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  pcre2_set_bsr(context.get(), PCRE2_BSR_UNICODE);
  int error = 0;
  std::size_t at = 0;
  // Callouts before each item are what counts steps.
  Code code(pcre2_compile(
      bytes_of(translated), translated.size(),
      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C,
      &error, &at, context.get()));
  if (!code)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: \"{}\" is no regular expression that Kindred reads: {}", place,
                            expression, message_of(error)));
  // Where there is no compiler for this machine, the expression is interpreted.
  static_cast<void>(pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE));
  return std::unique_ptr<const Pattern>(new RegularExpression(std::move(code)));
}

void RegularExpression::find(std::string_view text, std::vector<Match>& matches) const {
  if (text.empty()) return;
  Search search(code_.get(), text);
  const std::size_t before = matches.size();
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto match = search.next(begin);
    if (!match) break;
    if (match->begin == match->end && matches.size() > before && matches.back().end == match->end) {
      begin += begin < text.size() ? decode(text, begin).size : 1;
      continue;
    }
    matches.push_back(*match);
    begin = match->end;
  }
}

}  // namespace kindred::text
