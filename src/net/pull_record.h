/// What a pulled model's folder says of itself: kindred_pull.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "kindred/result.h"
#include "net/hub_listing.h"

namespace kindred::net {

struct PullRecord {
  std::string name;
  std::string revision;
  std::string commit;
  std::vector<HubFile> files;  ///< sizes and checksums are known
};

/// Nothing where the folder has none, or one that can't be read: then it is as good as not pulled.
std::optional<PullRecord> read_record(const std::filesystem::path& folder);
Result<void> write_record(base::FileSystem& disk, const std::filesystem::path& folder,
                          const PullRecord& record);

}  // namespace kindred::net
