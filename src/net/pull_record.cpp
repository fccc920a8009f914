#include "net/pull_record.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace kindred::net {
namespace {

using nlohmann::json;

constexpr const char* kRecord = "kindred_pull.json";
constexpr int kFormat = 1;
constexpr std::size_t kLargestRecord = std::size_t{64} << 20;

std::string text_of(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::optional<PullRecord> read_record(const std::filesystem::path& folder) {
  const auto text = base::read_file(folder / kRecord, kLargestRecord);
  if (!text) return std::nullopt;
  const json object = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || object.value("format", json()) != kFormat) return std::nullopt;
  PullRecord record{.name = text_of(object, "name"),
                    .revision = text_of(object, "revision"),
                    .commit = text_of(object, "commit"),
                    .files = {}};
  const auto files = object.find("files");
  if (files == object.end() || !files->is_array()) return std::nullopt;
  for (const json& one : *files) {
    if (!one.is_object()) return std::nullopt;
    HubFile file{.name = text_of(one, "name"), .size = {}, .checksum = {}};
    const auto size = one.find("size");
    if (size != one.end() && size->is_number_unsigned()) file.size = size->get<std::uint64_t>();
    file.checksum = read_checksum(text_of(one, "checksum"));
    record.files.push_back(std::move(file));
  }
  return record;
}

Result<void> write_record(base::FileSystem& disk, const std::filesystem::path& folder,
                          const PullRecord& record) {
  auto files = json::array();
  for (const HubFile& file : record.files)
    files.push_back({{"name", file.name},
                     {"size", file.size.value_or(0)},
                     {"checksum", file.checksum ? file.checksum->hexadecimal : ""}});
  const nlohmann::ordered_json object = {{"format", kFormat},
                                         {"name", record.name},
                                         {"revision", record.revision},
                                         {"commit", record.commit},
                                         {"files", files}};
  return base::write_atomically(disk, folder / kRecord, [&](base::WritableFile& file) {
    return file.write(object.dump(2) + "\n");
  });
}

}  // namespace kindred::net
