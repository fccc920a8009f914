#include "ingest/pipeline.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ingest/documents.h"
#include "ingest/file_list.h"

namespace kindred::ingestion {
namespace {

/// Large enough that an embedder finds texts of like length to put together, small enough that a
/// killed run loses seconds.
constexpr std::size_t kBatchDocuments = 512;
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

bool has_text(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") != std::string_view::npos;
}

std::unexpected<Error> stopped() {
  return fail(ErrorCode::cancelled,
              "stopped; what was added stays, and the same run started again goes on from there");
}

class Pipeline {
 public:
  Pipeline(Collection& collection, const EmbedTexts& embed, const Progress& progress,
           std::uint64_t total)
      : collection_(collection), embed_(embed), progress_(progress), total_(total) {}

  Result<void> take(Document&& document) {
    ++report_.read;
    if (!has_text(document.text)) {
      ++report_.empty;
      ++settled_;
      return {};
    }
    bytes_ += document.text.size() + document.fields.size();
    batch_.push_back(std::move(document));
    if (batch_.size() == kBatchDocuments || bytes_ >= kBatchBytes) return flush();
    return {};
  }

  /// Stores what was taken.
  Result<void> flush() {
    drop_superseded();
    const auto known = KINDRED_TRY(collection_.has(batch_));
    std::vector<Document> fresh;
    for (std::size_t i = 0; i < batch_.size(); ++i)
      if (known[i] == 0) fresh.push_back(std::move(batch_[i]));
    const std::size_t unchanged = batch_.size() - fresh.size();
    batch_.clear();
    bytes_ = 0;
    report_.unchanged += unchanged;
    settled_ += unchanged;
    if (!tell(0)) return stopped();
    if (!fresh.empty()) KINDRED_TRY(embed_and_add(fresh));
    return {};
  }

  IngestReport& report() { return report_; }

 private:
  /// Of documents with the same id the last one stays: has() and add() then speak of the same one.
  void drop_superseded() {
    std::unordered_set<std::string_view> later;
    std::vector<std::uint8_t> keep(batch_.size());
    for (std::size_t i = batch_.size(); i-- > 0;) keep[i] = later.insert(batch_[i].id).second;
    if (later.size() == batch_.size()) return;
    std::vector<Document> kept;
    for (std::size_t i = 0; i < batch_.size(); ++i)
      if (keep[i] != 0) kept.push_back(std::move(batch_[i]));
    report_.superseded += batch_.size() - kept.size();
    settled_ += batch_.size() - kept.size();
    batch_ = std::move(kept);
  }

  Result<void> embed_and_add(const std::vector<Document>& fresh) {
    const std::vector<std::string_view> texts = [&] {
      std::vector<std::string_view> views;
      views.reserve(fresh.size());
      for (const Document& document : fresh) views.emplace_back(document.text);
      return views;
    }();
    EmbedOptions options{.role = TextRole::document};
    if (progress_)
      options.progress = [this](const ProgressReport& embedded) { return tell(embedded.done); };
    const auto embedded = embed_(texts, options);
    if (!embedded.has_value()) {
      if (embedded.error().code == ErrorCode::cancelled) return stopped();
      return std::unexpected(embedded.error());
    }
    KINDRED_TRY(collection_.add(fresh, embedded->vectors));
    report_.added += fresh.size();
    for (const std::uint8_t cut : embedded->truncated) report_.truncated += cut;
    settled_ += fresh.size();
    return tell(0) ? Result<void>() : stopped();
  }

  /// Reports what is settled, and how many texts of the current batch are embedded.
  bool tell(std::uint64_t embedded) const {
    if (!progress_) return true;
    const std::uint64_t done = settled_ + embedded;
    return progress_({.done = done, .total = std::max(total_, done)});
  }

  Collection& collection_;
  const EmbedTexts& embed_;
  const Progress& progress_;
  std::uint64_t total_;
  std::uint64_t settled_ = 0;  // documents that need nothing more
  std::vector<Document> batch_;
  std::size_t bytes_ = 0;  // of text and fields in the batch
  IngestReport report_;
};

}  // namespace

Result<IngestReport> run(Collection& collection, const EmbedTexts& embed,
                         std::span<const std::filesystem::path> named,
                         const IngestOptions& options) {
  const FileList list = KINDRED_TRY(list_files(named));
  std::uint64_t total = 0;
  if (options.progress)
    for (const auto& file : list.files) {
      total += KINDRED_TRY(count_documents(file, options));
      if (!options.progress({.done = 0, .total = 0})) return stopped();
    }
  Pipeline pipeline(collection, embed, options.progress, total);
  for (const auto& file : list.files) {
    const auto read = read_documents(
        file, options, [&](Document&& document) { return pipeline.take(std::move(document)); });
    if (read.has_value()) continue;
    // A broken line: what came before it is still to be stored. A failure of the storing itself, or
    // a wish to stop, has left nothing to store.
    KINDRED_TRY(pipeline.flush());
    return std::unexpected(read.error());
  }
  KINDRED_TRY(pipeline.flush());
  pipeline.report().skipped_files = list.skipped;
  return pipeline.report();
}

}  // namespace kindred::ingestion
