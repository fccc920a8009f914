#include "embed/saved_model_encoder.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "tensorflow/text_model.h"

namespace kindred::embed {
namespace {

/// Texts and bytes that go through the graph together: what bounds its memory.
constexpr std::size_t kMostTexts = 64;
constexpr std::size_t kMostBytes = std::size_t{1} << 16;

class SavedModelEncoder final : public TextEncoder {
 public:
  explicit SavedModelEncoder(tensorflow::TextModel model) : model_(std::move(model)) {}

  const Tokenizer* tokenizer() const override { return nullptr; }
  std::size_t dimensions() const override { return model_.dimensions(); }
  void describe(ModelDescription& description) const override {
    description.family = "saved_model";
    description.pooling = "by its graph";
    description.max_tokens = std::numeric_limits<std::size_t>::max();
    description.parameters = model_.parameters();
  }
  std::vector<std::span<const std::byte>> contents() const override { return model_.contents(); }

  Result<TextTokens> tokenize(std::span<const std::string_view> texts,
                              bool /*offsets*/) const override {
    TextTokens tokens;
    for (const std::string_view text : texts) {
      KINDRED_TRY(check_text_size(text));
      tokens.add_word(text, 0, text.size());
      tokens.end_text(false);
    }
    return tokens;
  }
  Result<std::size_t> skipped_tokens(std::string_view /*prompt*/) const override {
    return std::size_t{0};
  }

  Result<tensor::Tensor> encode(tensor::Workspace& workspace, const TextTokens& tokens,
                                std::span<const std::size_t> texts,
                                std::size_t /*skipped*/) const override {
    tensor::Tensor out = workspace.tensor(texts.size(), dimensions());
    for (std::size_t first = 0; first < texts.size();) {
      std::vector<std::string_view> group;
      std::size_t bytes = 0;
      while (first + group.size() < texts.size() && group.size() < kMostTexts) {
        const std::string_view text = tokens.words[tokens.ids[texts[first + group.size()]]];
        bytes += text.size();
        if (bytes > kMostBytes && !group.empty()) break;
        group.push_back(text);
      }
      const tensor::Tensor vectors = KINDRED_TRY(model_.run(workspace, group));
      std::ranges::copy(vectors.values(), out.row(first));
      first += group.size();
    }
    return out;
  }

 private:
  tensorflow::TextModel model_;
};

}  // namespace

Result<std::unique_ptr<const TextEncoder>> open_saved_model(const Layout& layout) {
  return std::make_unique<const SavedModelEncoder>(
      KINDRED_TRY(tensorflow::TextModel::open(layout.encoder)));
}

}  // namespace kindred::embed
