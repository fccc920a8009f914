/// One file from a server to the disk, through whatever comes between: what is there already is
/// not asked for again, what may pass is tried again, and bytes that don't have their checksum are
/// thrown away.
///
/// Thread safety: a Downloader belongs to one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "kindred/result.h"
#include "net/http.h"
#include "net/hub_listing.h"

namespace kindred::net {

struct DownloadOptions {
  std::string token;
  std::chrono::seconds stall;
  std::size_t retries;
  /// Told of bytes as they come, also of those that a second try brings again; says whether to go
  /// on.
  std::function<bool(std::uint64_t bytes)> arrived;
};

class Downloader {
 public:
  Downloader(base::FileSystem& disk, DownloadOptions options);

  /// A small answer as a whole; `what` begins an error.
  Result<std::string> fetch(const std::string& url, std::string_view what);

  /// The file's bytes become `path`, synced, under that name only when they are whole and have
  /// their checksum; until then they are in `path` + ".part". A file without a checksum in the
  /// listing has that of the server's ETag, or its size at least. `file.size` and `file.checksum`
  /// are filled in.
  Result<void> download(const std::string& url, const std::filesystem::path& path, HubFile& file,
                        std::string_view what);

  /// Bytes that came over the network.
  std::uint64_t received() const { return received_; }

 private:
  class Part;
  /// Until it is good, or nothing better can be hoped for. `request` is asked before every try.
  Result<void> get_patiently(const std::function<HttpRequest()>& request, const TakeBody& take,
                             std::string_view what);
  bool wait(std::chrono::seconds pause) const;
  bool wanted() const { return !options_.arrived || options_.arrived(0); }

  base::FileSystem& disk_;
  DownloadOptions options_;
  HttpClient client_;
  std::uint64_t received_ = 0;
};

/// Whether a file has its size and its checksum; one that isn't there hasn't.
Result<bool> is_whole(const std::filesystem::path& path, const HubFile& file);

}  // namespace kindred::net
