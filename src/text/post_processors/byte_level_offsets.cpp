#include "text/post_processors/byte_level_offsets.h"

namespace kindred::text {
namespace {

/// Offsets as they are.
class UntouchedOffsets final : public PostProcessor {
 public:
  std::size_t added(bool) const override { return 0; }
  Result<void> process(bool, std::vector<Strand>&) const override { return {}; }
};

}  // namespace

Result<void> ByteLevelOffsets::process(bool, std::vector<Strand>& strands) const {
  for (Strand& strand : strands)
    for (std::size_t i = 0; i < strand.size(); ++i)
      if (strand[i].kind != FramePart::Kind::special)
        strand[i].trims.push_back({.add_prefix_space = add_prefix_space_, .at_start = i == 0});
  return {};
}

Result<std::optional<ByteLevelOffsets>> byte_level_offsets(const JsonPart& part) {
  const bool trims = KINDRED_TRY(part.flag("trim_offsets", true));
  const bool add_prefix_space = KINDRED_TRY(part.flag("add_prefix_space", true));
  if (!trims) return std::nullopt;
  return ByteLevelOffsets(add_prefix_space);
}

Result<std::unique_ptr<const PostProcessor>> read_byte_level_offsets(const JsonPart& part) {
  const auto trim = KINDRED_TRY(byte_level_offsets(part));
  if (!trim) return std::make_unique<const UntouchedOffsets>();
  return std::make_unique<const ByteLevelOffsets>(*trim);
}

}  // namespace kindred::text
