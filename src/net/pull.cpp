#include "net/pull.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/file_lock.h"
#include "base/system_error.h"
#include "net/download.h"
#include "net/http.h"
#include "net/hub_listing.h"
#include "net/pull_record.h"

namespace kindred {
namespace net {
namespace {

namespace fs = std::filesystem;

/// Where a model and its pull live, all in one folder, so that renames are enough.
struct Places {
  fs::path model;
  fs::path pulling;   ///< files of a pull under way
  fs::path replaced;  ///< the model before, for the moment of the exchange
  fs::path lock;

  explicit Places(const fs::path& folder) : model(folder) {
    const auto beside = [&](std::string_view ending) {
      return folder.parent_path() / fmt::format(".{}.{}", folder.filename().string(), ending);
    };
    pulling = beside("pull");
    replaced = beside("replaced");
    lock = beside("lock");
  }
};

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Result<void> remove_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) return base::system_error(folder, "cannot remove", error.value());
  return {};
}

/// One pull.
class Pull {
 public:
  Pull(std::string_view name, const PullOptions& options, base::FileSystem& disk)
      : name_(name), options_(options), disk_(disk), places_(options.models / name) {}

  Result<PulledModel> run() {
    KINDRED_TRY(disk_.create_directories(places_.model.parent_path()));
    const auto lock = KINDRED_TRY(base::FileLock::take(places_.lock));
    if (!lock)
      return fail(ErrorCode::conflict,
                  fmt::format("{}: another pull of it is under way", places_.model.string()));
    KINDRED_TRY(finish_exchange());
    const auto before = read_record(places_.model);
    if (is_there(places_.model) && !before)
      return fail(ErrorCode::conflict,
                  fmt::format("{}: is there, and no pull made it: move it away, or give another "
                              "folder of models",
                              places_.model.string()));
    if (options_.offline) {
      if (before && (before->revision == options_.revision || before->commit == options_.revision))
        return there(*before);
      return fail(
          ErrorCode::not_found,
          fmt::format("{}: isn't there at revision {}, and no server may be asked (offline)",
                      places_.model.string(), options_.revision));
    }
    Downloader downloader(disk_,
                          {.token = is_private(options_.endpoint) ? options_.token : "",
                           .stall = options_.stall,
                           .retries = options_.retries,
                           .arrived = [this](std::uint64_t bytes) { return report(bytes); }});
    const std::string what = fmt::format("{} at {}", name_, options_.endpoint);
    const std::string answer =
        KINDRED_TRY(downloader.fetch(fmt::format("{}/api/models/{}/revision/{}?blobs=true",
                                                 options_.endpoint, name_, escaped_revision()),
                                     fmt::format("{}, revision {}", what, options_.revision)));
    listing_ = KINDRED_TRY(parse_listing(answer, what));
    files_ = KINDRED_TRY(options_.file.empty() ? choose_files(listing_, what)
                                               : choose_file(listing_, options_.file, what));
    if (before && is_same(*before)) return there(*before);
    KINDRED_TRY(take_what_is_there(before));
    KINDRED_TRY(check_room());
    const std::uint64_t listed = downloader.received();
    KINDRED_TRY(download(downloader));
    downloaded_ = downloader.received() - listed;
    return exchange();
  }

 private:
  /// A revision may have a slash ("refs/pr/1"), which is no separator to the hub.
  std::string escaped_revision() const {
    std::string escaped;
    for (const char c : escaped_path(options_.revision)) c == '/' ? escaped += "%2F" : escaped += c;
    return escaped;
  }

  /// A program that ended between two renames left the model under its other name.
  Result<void> finish_exchange() {
    if (!is_there(places_.replaced)) return {};
    if (is_there(places_.model)) return remove_folder(places_.replaced);
    KINDRED_TRY(disk_.rename(places_.replaced, places_.model));
    return disk_.sync_directory(places_.model.parent_path());
  }

  bool is_same(const PullRecord& record) const {
    const auto same_name = [](const HubFile& a, const HubFile& b) { return a.name == b.name; };
    if (record.commit != listing_.commit || !std::ranges::equal(record.files, files_, same_name))
      return false;
    return std::ranges::all_of(record.files, [&](const HubFile& file) {
      std::error_code error;
      const auto size = fs::file_size(places_.model / file.name, error);
      return !error && size == file.size.value_or(size);
    });
  }

  PulledModel there(const PullRecord& record) const {
    PulledModel pulled{.folder = places_.model,
                       .commit = record.commit,
                       .files = record.files.size(),
                       .was_there = true};
    for (const HubFile& file : record.files) pulled.bytes += file.size.value_or(0);
    return pulled;
  }

  fs::path pulling(const HubFile& file) const { return places_.pulling / file.name; }

  /// Files that an earlier pull finished, and those of the model before that have not changed.
  Result<void> take_what_is_there(const std::optional<PullRecord>& before) {
    KINDRED_TRY(disk_.create_directories(places_.pulling));
    for (const HubFile& file : files_) {
      const auto path = pulling(file);
      KINDRED_TRY(disk_.create_directories(path.parent_path()));
      if (is_there(path) && KINDRED_TRY(is_whole(path, file))) continue;
      std::error_code ignored;
      fs::remove(path, ignored);
      if (!before || !file.checksum) continue;
      const bool unchanged = std::ranges::any_of(before->files, [&](const HubFile& old) {
        return old.name == file.name && old.checksum == file.checksum;
      });
      const auto old = places_.model / file.name;
      if (unchanged && KINDRED_TRY(is_whole(old, file))) fs::create_hard_link(old, path, ignored);
    }
    // What belongs to another commit would stay in the model's folder.
    return remove_strangers();
  }

  Result<void> remove_strangers() {
    std::error_code error;
    std::vector<fs::path> strangers;
    for (fs::recursive_directory_iterator at(places_.pulling, error), end; !error && at != end;
         at.increment(error)) {
      auto name = at->path().lexically_relative(places_.pulling).generic_string();
      if (at->is_directory(error)) continue;
      if (name.ends_with(".part")) name.resize(name.size() - 5);
      if (std::ranges::find(files_, name, &HubFile::name) == files_.end())
        strangers.push_back(at->path());
    }
    for (const fs::path& path : strangers) KINDRED_TRY(disk_.remove(path));
    return {};
  }

  /// Fails before anything is downloaded that will not fit.
  Result<void> check_room() {
    std::uint64_t missing = 0;
    for (const HubFile& file : files_) {
      total_ += file.size.value_or(0);
      auto part = pulling(file);
      if (is_there(part)) continue;
      part += ".part";
      std::error_code none;
      const auto there = fs::file_size(part, none);
      const std::uint64_t size = file.size.value_or(0);
      missing += size - (none ? 0 : std::min<std::uint64_t>(size, there));
    }
    std::error_code error;
    const auto room = fs::space(places_.pulling, error);
    if (!error && missing > room.available)
      return fail(ErrorCode::io, fmt::format("{}: {} bytes are missing, the disk has room for {}",
                                             places_.model.string(), missing, room.available));
    return {};
  }

  Result<void> download(Downloader& downloader) {
    for (HubFile& file : files_) {
      const auto path = pulling(file);
      if (is_there(path)) {
        done_ += file.size.value_or(0);
        continue;
      }
      const std::uint64_t done = done_;
      KINDRED_TRY(downloader.download(fmt::format("{}/{}/resolve/{}/{}", options_.endpoint, name_,
                                                  listing_.commit, escaped_path(file.name)),
                                      path, file, fmt::format("{}: {}", name_, file.name)));
      KINDRED_TRY(disk_.sync_directory(path.parent_path()));
      done_ = done + file.size.value_or(0);
    }
    return {};
  }

  /// The pulled folder takes the model's name.
  Result<PulledModel> exchange() {
    KINDRED_TRY(write_record(disk_, places_.pulling,
                             {.name = std::string(name_),
                              .revision = options_.revision,
                              .commit = listing_.commit,
                              .files = files_}));
    if (is_there(places_.model)) KINDRED_TRY(disk_.rename(places_.model, places_.replaced));
    KINDRED_TRY(disk_.rename(places_.pulling, places_.model));
    KINDRED_TRY(disk_.sync_directory(places_.model.parent_path()));
    KINDRED_TRY(finish_exchange());
    PulledModel pulled{.folder = places_.model,
                       .commit = listing_.commit,
                       .files = files_.size(),
                       .downloaded = downloaded_};
    for (const HubFile& file : files_) pulled.bytes += file.size.value_or(0);
    return pulled;
  }

  bool report(std::uint64_t bytes) {
    done_ += bytes;
    // What is brought twice counts once.
    reported_ = std::max(reported_, std::min(done_, total_));
    return !options_.progress || options_.progress({.done = reported_, .total = total_});
  }

  std::string_view name_;
  const PullOptions& options_;
  base::FileSystem& disk_;
  Places places_;
  HubListing listing_;
  std::vector<HubFile> files_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t reported_ = 0;
  std::uint64_t downloaded_ = 0;
};

}  // namespace

Result<PulledModel> pull(std::string_view name, const PullOptions& options,
                         base::FileSystem& disk) {
  if (!is_model_name(name))
    return fail(ErrorCode::invalid_argument,
                fmt::format("\"{}\" is no model's name, such as \"organisation/model\"", name));
  const std::string_view endpoint = options.endpoint;
  if (!endpoint.starts_with("https://") && !endpoint.starts_with("http://"))
    return fail(ErrorCode::invalid_argument,
                fmt::format("\"{}\" is no hub's address: it begins with neither https:// nor "
                            "http://",
                            endpoint));
  if (options.revision.empty() ||
      std::ranges::any_of(options.revision, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    return fail(ErrorCode::invalid_argument,
                fmt::format("\"{}\" is no revision", options.revision));
  return Pull(name, options, disk).run();
}

}  // namespace net

Result<PulledModel> pull_model(std::string_view name, const PullOptions& options) {
  return net::pull(name, options, base::real_file_system());
}

}  // namespace kindred
