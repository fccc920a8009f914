#include "text/bert_normalizer.h"

#include <algorithm>
#include <vector>

#include "text/unicode.h"

namespace kindred::text {
namespace {

constexpr char kGone = '\x80';  // no ASCII character

/// Puts marks that strip_accents left in their canonical order (Unicode 15, section 3.11): a mark
/// moves before those of larger classes that stand right before it. Such marks are few; most texts
/// have none.
class MarkOrder {
 public:
  void barrier() { marks_.clear(); }

  /// `code` was just appended to `out`.
  void appended(char32_t code, std::size_t size, NormalizedText& out) {
    const std::uint8_t order = combining_class(code);
    std::size_t place = marks_.size();
    while (place > 0 && marks_[place - 1].order > order) --place;
    // Bytes turn; origins stay where they are, as the reference has them.
    const std::size_t begin = place < marks_.size() ? marks_[place].begin : out.text.size() - size;
    std::rotate(out.text.begin() + static_cast<std::ptrdiff_t>(begin),
                out.text.end() - static_cast<std::ptrdiff_t>(size), out.text.end());
    for (std::size_t i = place; i < marks_.size(); ++i) marks_[i].begin += size;
    marks_.insert(marks_.begin() + static_cast<std::ptrdiff_t>(place), {order, begin});
  }

 private:
  struct Mark {
    std::uint8_t order;
    std::size_t begin;
  };
  std::vector<Mark> marks_;  // of those since the last barrier, in order
};

}  // namespace

BertNormalizer::BertNormalizer(const BertNormalizerOptions& options) : options_(options) {
  for (char32_t code = 0; code < ascii_.size(); ++code) {
    const Flags flags = flags_of(code);
    char becomes = static_cast<char>(code);
    if (options.clean_text && (flags & kCleanedToSpace) != 0) becomes = ' ';
    if (options.clean_text && (flags & kDropped) != 0) becomes = kGone;
    if (options.lowercase && (flags & kLowered) != 0)
      becomes = static_cast<char>(lowered(code).codes[0]);
    ascii_[code] = becomes;
  }
}

void BertNormalizer::normalize(std::string_view text, std::size_t first, bool with_origins,
                               NormalizedText& out) const {
  MarkOrder marks;
  const auto append = [&](char32_t code, TokenOffset origin) {
    char bytes[4];
    const std::size_t size = encode(code, bytes);
    out.text.append(bytes, size);
    if (with_origins) out.origins.insert(out.origins.end(), size, origin);
    return size;
  };
  const auto append_lowered = [&](char32_t code, TokenOffset origin) {
    const Flags flags = flags_of(code);
    if (options_.lowercase && (flags & kLowered) != 0) {
      const Mapped to = lowered(code);
      for (std::size_t i = 0; i < to.size; ++i) append(to.codes[i], origin);
      marks.barrier();
    } else {
      const std::size_t size = append(code, origin);
      if (options_.strip_accents && (flags & kOrdered) != 0) {
        marks.appended(code, size, out);
      } else {
        marks.barrier();
      }
    }
  };

  out.text.reserve(out.text.size() + text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      const char becomes = ascii_[byte];
      if (becomes != kGone) {
        out.text.push_back(becomes);
        if (with_origins)
          out.origins.push_back(
              {static_cast<std::uint32_t>(first + i), static_cast<std::uint32_t>(first + i + 1)});
        marks.barrier();
      }
      ++i;
      continue;
    }
    const auto [code, size] = decode(text, i);
    const TokenOffset origin{static_cast<std::uint32_t>(first + i),
                             static_cast<std::uint32_t>(first + i + size)};
    i += size;
    const Flags flags = flags_of(code);
    if (options_.clean_text && (flags & kDropped) != 0) continue;
    if (options_.clean_text && (flags & kCleanedToSpace) != 0) {
      append(' ', origin);
      marks.barrier();
      continue;
    }
    const bool chinese = options_.handle_chinese_chars && (flags & kChinese) != 0;
    if (chinese) append(' ', origin);
    if (options_.strip_accents && (flags & kMark) != 0) {
      if ((flags & kBarrier) != 0) marks.barrier();
    } else if (options_.strip_accents && (flags & kStripped) != 0) {
      const Mapped to = stripped(code);
      for (std::size_t j = 0; j < to.size; ++j) append_lowered(to.codes[j], origin);
    } else {
      append_lowered(code, origin);
    }
    if (chinese) append(' ', origin);
  }
}

}  // namespace kindred::text
