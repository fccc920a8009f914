#include "text/post_processors/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "text/post_processors/post_processor.h"

namespace kindred::text {
namespace {

/// What there is to do for one sequence: places to fill, and trims.
std::size_t steps_of(const std::vector<Strand>& strands) {
  std::size_t steps = 0;
  for (const Strand& strand : strands)
    for (const FramePart& part : strand) steps += 1 + part.trims.size();
  return steps;
}

Frame frame_of(std::span<const std::unique_ptr<const PostProcessor>> post_processors, bool pair,
               bool special_tokens) {
  std::vector<Strand> strands = {{{.kind = FramePart::Kind::first_text}}};
  if (pair) strands.push_back({{.kind = FramePart::Kind::second_text, .type_id = 1}});
  Frame frame;
  for (const auto& post_processor : post_processors) {
    if (special_tokens) frame.reserved += post_processor->added(pair);
    if (auto done = post_processor->process(special_tokens, strands); !done) {
      frame.problem = std::move(done.error().message);
      return frame;
    }
    if (const std::size_t steps = steps_of(strands); steps > Frames::kMostSteps) {
      frame.problem = fmt::format(
          "the post-processors make a frame of {} steps, at most {} are "
          "possible",
          steps, Frames::kMostSteps);
      return frame;
    }
  }
  for (Strand& strand : strands) std::ranges::move(strand, std::back_inserter(frame.parts));
  return frame;
}

}  // namespace

Frames::Frames() : Frames(std::span<const std::unique_ptr<const PostProcessor>>()) {}

Frames::Frames(std::span<const std::unique_ptr<const PostProcessor>> post_processors) {
  for (const bool pair : {false, true})
    for (const bool special_tokens : {false, true})
      frames_[pair ? 1 : 0][special_tokens ? 1 : 0] =
          frame_of(post_processors, pair, special_tokens);
}

}  // namespace kindred::text
