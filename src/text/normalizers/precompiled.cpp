#include "text/normalizers/precompiled.h"

#include <string>
#include <utility>

#include "text/base64.h"
#include "text/normalizers/rewriter.h"
#include "text/unicode/clusters.h"

namespace kindred::text {
namespace {

constexpr std::size_t kLongestCluster = 5;  // bytes, to be looked up as a whole

int code_points(std::string_view text) {
  int count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

/// Hands code points to a Rewriter one later than they come: one that goes counts as removed behind
/// the one before it.
class Changes {
 public:
  explicit Changes(Rewriter& rewriter) : rewriter_(rewriter) {}

  void put(char32_t code, int change) {
    flush();
    last_ = {code, change};
    pending_ = true;
  }
  /// `to` in place of `count` code points.
  void replace(int count, std::string_view to) {
    const int more = code_points(to) - count;
    int left = code_points(to);
    for (std::size_t i = 0; i < to.size(); --left) {
      const auto [code, size] = decode(to, i);
      put(code, left <= more ? 1 : 0);
      i += size;
    }
    // Where nothing is before the first that goes, the reference forgets that it went.
    if (more < 0 && pending_) last_.change += more;
  }
  void copy(std::size_t begin, std::size_t end) {
    flush();
    rewriter_.copy(begin, end);
  }
  void flush() {
    if (pending_) rewriter_.put(last_.code, last_.change);
    pending_ = false;
  }

 private:
  struct Change {
    char32_t code = 0;
    int change = 0;
  };
  Rewriter& rewriter_;
  Change last_;  // where one is pending
  bool pending_ = false;
};

}  // namespace

Precompiled::Precompiled(CharacterMap map) : map_(std::move(map)) {
  for (std::size_t byte = 0; byte < stays_.size(); ++byte) {
    // A rule for this byte and others would apply in a cluster alone, which ends a run of ASCII.
    const char text = static_cast<char>(byte);
    stays_[byte] = byte != '\r' && !map_.shortest({&text, 1});
  }
}

void Precompiled::normalize(NormalizedText& given, NormalizedText& out) const {
  const std::string_view text = given.text;
  const auto stays = [&](std::size_t i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    return byte < 0x80 && stays_[byte];
  };
  Rewriter rewriter(given, out);
  Changes changes(rewriter);
  for (std::size_t i = 0; i < text.size();) {
    // All but the last of a run of ASCII are clusters of their own.
    std::size_t run = i;
    while (run < text.size() && stays(run)) ++run;
    const std::size_t copied = run == text.size() ? run : run - (run > i ? 1 : 0);
    if (copied > i + 1) {
      changes.copy(i, copied - 1);
      i = copied - 1;
    }
    if (copied > i) {
      changes.put(static_cast<unsigned char>(text[i]), 0);
      ++i;
    }
    if (i == text.size()) break;

    const std::size_t end = end_of_cluster(text, i);
    const std::string_view cluster = text.substr(i, end - i);
    if (cluster.size() <= kLongestCluster)
      if (const auto rule = map_.shortest(cluster)) {
        changes.replace(code_points(cluster), rule->to);
        i = end;
        continue;
      }
    while (i < end) {
      const auto [code, size] = decode(text, i);
      if (const auto rule = map_.shortest(text.substr(i, size))) {
        changes.replace(1, rule->to);
      } else {
        changes.put(code, 0);
      }
      i += size;
    }
  }
  changes.flush();
  std::swap(given, out);
}

Result<std::unique_ptr<const Normalizer>> read_precompiled(const JsonPart& part) {
  const auto text =
      KINDRED_TRY(part.required<std::string_view>("precompiled_charsmap", "bytes in Base64"));
  const auto bytes = decode_base64(text);
  if (!bytes) return part.wrong("precompiled_charsmap", "bytes in Base64");
  return std::make_unique<Precompiled>(KINDRED_TRY(CharacterMap::parse(*bytes, part.place())));
}

}  // namespace kindred::text
