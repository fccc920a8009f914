/// Any bytes as a fastText model: an error of one line, or a model that makes vectors and labels,
/// and is written as it was read.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "words/fasttext_file.h"
#include "words/label_tree.h"
#include "words/text_classifier_parts.h"

namespace {

/// Keeps what is written.
class MemoryFile final : public kindred::base::WritableFile {
 public:
  using WritableFile::write;
  kindred::Result<void> write(std::span<const std::byte> bytes) override {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  kindred::Result<void> sync() override { return {}; }
  std::string text;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kindred::words::FastTextKind;
  using kindred::words::FastTextLoss;
  const auto bytes = std::as_bytes(std::span(data, size));
  auto model = kindred::words::parse_fasttext(bytes, nullptr, "fuzz");
  if (!model) {
    if (model.error().message.empty() || model.error().message.contains('\n')) std::abort();
    return 0;
  }
  for (const char* word : {"river", "\xc3\xa9t\xc3\xa9", "</s>", "\xff\x80", ""}) {
    const auto vector = model->word_vector(word);
    if (vector && vector->size() != model->input.dimensions()) std::abort();
  }
  MemoryFile once;
  MemoryFile twice;
  if (!kindred::words::write_fasttext(once, *model)) std::abort();
  const auto written = std::as_bytes(std::span(once.text));
  const auto again = kindred::words::parse_fasttext(written, nullptr, "again");
  if (!again || !kindred::words::write_fasttext(twice, *again)) std::abort();
  if (once.text != twice.text) std::abort();
  const bool tree = model->settings.loss == FastTextLoss::hierarchical_softmax;
  if (model->settings.kind != FastTextKind::classifier || model->labels.size() == 0 ||
      (tree && !kindred::words::LabelTree::fits(model->labels.counts())))
    return 0;
  const auto classifier = kindred::words::classifier_of(*std::move(model), "__label__");
  for (const char* text : {"the bank of money", "", "__label__x caf\xc3\xa9 caf\xc3\xa9"})
    if (classifier.predict(text, 3).size() > 3) std::abort();
  return 0;
}
