/// A regular expression that is none of the known ones: matched by PCRE2, in the syntax and with
/// the character sets of the reference's engine (oniguruma.h).
///
/// No text hangs it: each step of a match is counted, a code point looked at or an alternative
/// tried, and find() throws a TextError where there are more than kSteps and kStepsPerByte for
/// each byte. So the limit is the same on every machine. Memory is bounded as well.
///
/// Thread safety: immutable. Cost: that of a backtracking engine; on texts as they are about 3
/// steps a byte, 40 MB/s.
#pragma once

#include <cstdint>
#include <memory>

#include "text/patterns/pattern.h"

struct pcre2_real_code_8;

namespace kindred::text {

class RegularExpression final : public Pattern {
 public:
  static constexpr std::uint64_t kSteps = std::uint64_t{1} << 26;  ///< half a second
  static constexpr std::uint64_t kStepsPerByte = 64;

  /// `expression` in the reference's syntax; `place` begins the message of an error.
  static Result<std::unique_ptr<const Pattern>> compile(std::string_view expression,
                                                        std::string_view place);

  void find(std::string_view text, std::vector<Match>& matches) const override;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  using Code = std::unique_ptr<pcre2_real_code_8, Free>;
  explicit RegularExpression(Code code) : code_(std::move(code)) {}

  Code code_;
};

}  // namespace kindred::text
