/// TemplateProcessing: a frame that is written out, one list of special tokens and texts for a
/// single text and one for a pair.
///
/// A text may be left out or stand in several places. Behind another post-processor the "texts" are
/// the strands that it left: one or two of them, whatever was tokenized.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kindred/result.h"
#include "text/json_part.h"
#include "text/post_processors/post_processor.h"

namespace kindred::text {

class TemplateProcessing final : public PostProcessor {
 public:
  /// A place of the template: special tokens, or one of the two texts.
  struct Place {
    enum class Kind : std::uint8_t { special, first, second };
    Kind kind;
    std::uint8_t type_id;
    std::vector<std::uint32_t> ids;  ///< of the special tokens
  };
  struct Template {
    std::vector<Place> places;
    std::size_t added() const;
  };

  /// `origin` is where the templates come from, for messages.
  TemplateProcessing(Template single, Template pair, std::string origin)
      : single_(std::move(single)), pair_(std::move(pair)), origin_(std::move(origin)) {}
  std::size_t added(bool pair) const override { return (pair ? pair_ : single_).added(); }
  Result<void> process(bool special_tokens, std::vector<Strand>& strands) const override;

 private:
  Template single_;
  Template pair_;
  std::string origin_;
};

Result<std::unique_ptr<const PostProcessor>> read_template_processing(const JsonPart& part);

}  // namespace kindred::text
