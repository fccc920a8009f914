#include "text/normalizers/bert_normalizer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "text/unicode/unicode.h"

namespace kindred::text {
namespace {

constexpr char kGone = '\x80';  // no ASCII character

/// Marks that follow one another are put into their canonical order, by class (Unicode 15, section
/// 3.11), before those that strip_accents removes go. Few marks are kept; most texts have none.
class Marks {
 public:
  bool empty() const { return marks_.empty(); }
  /// `inserted`: not the first of what a code point is decomposed into.
  void add(char32_t code, TokenOffset origin, bool kept, bool inserted) {
    marks_.push_back({code, origin, 0, kept, inserted});
    any_kept_ |= kept;
    if (!inserted) origins_.push_back(origin);
  }
  /// Calls append(code, origin) for the marks that are kept, in order, and forgets all.
  template <typename Append>
  void flush(const Append& append) {
    if (any_kept_) {
      for (Mark& mark : marks_) mark.order = combining_class(mark.code);
      std::ranges::stable_sort(marks_, {}, &Mark::order);
      // Marks move, origins stay in their places, as the reference has them.
      std::size_t place = 0;
      for (const Mark& mark : marks_) {
        if (!mark.inserted) ++place;
        if (mark.kept) append(mark.code, place == 0 ? mark.origin : origins_[place - 1]);
      }
    }
    marks_.clear();
    origins_.clear();
    any_kept_ = false;
  }

 private:
  struct Mark {
    char32_t code;
    TokenOffset origin;
    std::uint8_t order;
    bool kept;
    bool inserted;
  };
  std::vector<Mark> marks_;
  std::vector<TokenOffset> origins_;
  bool any_kept_ = false;
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

void BertNormalizer::normalize(NormalizedText& given, NormalizedText& out) const {
  Marks marks;
  const std::string_view text = given.text;
  out.clear(given.with_origins);
  const auto append = [&](char32_t code, TokenOffset origin) { out.append(code, origin); };
  const auto append_lowered = [&](char32_t code, TokenOffset origin) {
    if (!options_.lowercase || (flags_of(code) & kLowered) == 0) return append(code, origin);
    const Mapped to = lowered(code);
    for (std::size_t i = 0; i < to.size; ++i) append(to.codes[i], origin);
  };
  // A code point of a decomposition, or one that has none.
  const auto append_stripped = [&](char32_t code, TokenOffset origin, bool inserted) {
    const Flags flags = flags_of(code);
    const bool removed = (flags & kMark) != 0;
    if ((flags & kOrdered) != 0 || (removed && (flags & kBarrier) == 0)) {
      marks.add(code, origin, !removed, inserted);
      return;
    }
    marks.flush(append_lowered);
    if (!removed) append_lowered(code, origin);
  };

  out.text.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      const char becomes = ascii_[byte];
      if (becomes != kGone) {
        if (!marks.empty()) marks.flush(append_lowered);
        out.text.push_back(becomes);
        if (given.with_origins) out.origins.push_back(given.origins[i]);
      }
      ++i;
      continue;
    }
    const auto [code, size] = decode(text, i);
    const TokenOffset origin = given.origin(i);
    i += size;
    const Flags flags = flags_of(code);
    if (options_.clean_text && (flags & kDropped) != 0) continue;
    if (options_.clean_text && (flags & kCleanedToSpace) != 0) {
      marks.flush(append_lowered);
      append(' ', origin);
      continue;
    }
    const bool chinese = options_.handle_chinese_chars && (flags & kChinese) != 0;
    if (chinese) {
      marks.flush(append_lowered);
      append(' ', origin);
    }
    if (!options_.strip_accents) {
      append_lowered(code, origin);
    } else if ((flags & kStripped) != 0) {
      const Mapped to = stripped(code);
      for (std::size_t j = 0; j < to.size; ++j) append_stripped(to.codes[j], origin, j > 0);
    } else {
      append_stripped(code, origin, false);
    }
    if (chinese) append(' ', origin);
  }
  marks.flush(append_lowered);
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_bert_normalizer(const JsonPart& part) {
  BertNormalizerOptions options;
  options.clean_text = KINDRED_TRY(part.flag("clean_text", true));
  options.handle_chinese_chars = KINDRED_TRY(part.flag("handle_chinese_chars", true));
  options.lowercase = KINDRED_TRY(part.flag("lowercase", true));
  options.strip_accents = KINDRED_TRY(part.flag("strip_accents", options.lowercase));
  return std::make_unique<BertNormalizer>(options);
}

}  // namespace kindred::text
