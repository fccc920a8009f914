#include "ingest/documents.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "files/jsonl.h"
#include "files/lines.h"
#include "ingest/well_formed.h"

namespace kindred::ingestion {
namespace {

constexpr std::size_t kLargestDocument = std::size_t{256} << 20;
constexpr std::size_t kLongestId = 4096;  // as Collection::add() wants it
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_jsonl(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending == ".jsonl" || ending == ".ndjson";
}

/// Here, where the place is known, rather than in the collection, where it no longer is.
Result<void> check_id(std::string_view id, std::string_view place) {
  if (id.empty())
    return fail(ErrorCode::invalid_argument, fmt::format("{}: the id is empty", place));
  if (id.size() > kLongestId)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: the id has {} bytes, the longest allowed is {}", place, id.size(),
                            kLongestId));
  if (!simdjson::validate_utf8(id))
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: the path is not UTF-8, so that it can't be an id", place));
  return {};
}

Result<void> read_whole(const std::filesystem::path& path, const DocumentSink& sink) {
  const std::string content = KINDRED_TRY(base::read_file(path, kLargestDocument));
  std::string_view text = content;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  KINDRED_TRY(check_id(path.string(), path.string()));
  return sink({.id = path.string(), .text = well_formed(text)});
}

Result<void> read_lines(const std::filesystem::path& path, const DocumentSink& sink) {
  auto lines = KINDRED_TRY(files::LineReader::open(path, kLargestDocument));
  while (const auto line = KINDRED_TRY(lines.next())) {
    std::string id = fmt::format("{}:{}", path.string(), lines.number());
    KINDRED_TRY(check_id(id, lines.place()));
    KINDRED_TRY(sink({.id = std::move(id), .text = well_formed(*line)}));
  }
  return {};
}

Result<void> read_jsonl(const std::filesystem::path& path, const IngestOptions& options,
                        const DocumentSink& sink) {
  files::JsonLines documents(KINDRED_TRY(files::LineReader::open(path, kLargestDocument)));
  std::vector<std::string_view> not_payload = {options.text_field};
  if (!options.id_field.empty()) not_payload.emplace_back(options.id_field);
  while (KINDRED_TRY(documents.next())) {
    Document document;
    document.text = KINDRED_TRY(documents.text(options.text_field));
    document.id = options.id_field.empty()
                      ? fmt::format("{}:{}", path.string(), documents.lines().number())
                      : std::string(KINDRED_TRY(documents.text(options.id_field)));
    KINDRED_TRY(check_id(document.id, documents.lines().place()));
    document.fields = documents.others(not_payload);
    KINDRED_TRY(sink(std::move(document)));
  }
  return {};
}

}  // namespace

Result<void> read_documents(const std::filesystem::path& path, const IngestOptions& options,
                            const DocumentSink& sink) {
  if (is_jsonl(path)) return read_jsonl(path, options, sink);
  return options.lines ? read_lines(path, sink) : read_whole(path, sink);
}

Result<std::uint64_t> count_documents(const std::filesystem::path& path,
                                      const IngestOptions& options) {
  const bool jsonl = is_jsonl(path);
  if (!jsonl && !options.lines) return 1;
  auto lines = KINDRED_TRY(files::LineReader::open(path, kLargestDocument));
  std::uint64_t count = 0;
  while (const auto line = KINDRED_TRY(lines.next()))
    if (!jsonl || line->find_first_not_of(" \t\r\n") != std::string_view::npos) ++count;
  return count;
}

}  // namespace kindred::ingestion
