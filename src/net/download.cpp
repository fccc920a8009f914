#include "net/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

namespace kindred::net {
namespace {

constexpr std::size_t kLargestAnswer = std::size_t{64} << 20;
constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::chrono::seconds kLongestPause{60};

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// What a server says, as a part of one line.
std::string one_line(std::string_view words) {
  constexpr std::size_t kLongest = 200;
  std::string line(words.substr(0, kLongest));
  std::ranges::replace_if(line, [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, ' ');
  return line;
}

bool may_pass(const HttpReply& reply) {
  constexpr std::array<long, 6> kPassing = {408, 429, 500, 502, 503, 504};
  if (!reply.broken.empty()) return reply.may_retry;
  return std::ranges::find(kPassing, reply.status) != kPassing.end();
}

std::unexpected<Error> error_of(const HttpReply& reply, std::string_view what) {
  if (!reply.broken.empty())
    return fail(ErrorCode::io, fmt::format("{}: {}", what, one_line(reply.broken)));
  struct Meaning {
    long status;
    ErrorCode code;
    std::string_view words;
  };
  constexpr std::array kMeanings = {
      Meaning{401, ErrorCode::not_found, "isn't there, or is private and needs a token (HF_TOKEN)"},
      Meaning{403, ErrorCode::not_found,
              "is not open to this token (HF_TOKEN): ask for access on the model's page"},
      Meaning{404, ErrorCode::not_found, "isn't there"},
      Meaning{429, ErrorCode::io, "the server wants fewer requests; try again later"},
  };
  const auto* meaning = std::ranges::find(kMeanings, reply.status, &Meaning::status);
  const bool known = meaning != kMeanings.end();
  std::string message = fmt::format("{}: {} (HTTP {})", what,
                                    known ? meaning->words : "the server failed", reply.status);
  if (const auto words = reply.header("x-error-message"); !words.empty())
    message += fmt::format(": {}", one_line(words));
  return fail(known ? meaning->code : ErrorCode::io, std::move(message));
}

/// An ETag without its quotes.
std::string_view bare(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
    tag = tag.substr(1, tag.size() - 2);
  return tag;
}

Result<void> add_file(const std::filesystem::path& path, Digest& digest) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::io, fmt::format("{}: cannot read", path.string()));
  std::vector<char> piece(kPiece);
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    digest.add(std::as_bytes(std::span(piece).first(static_cast<std::size_t>(file.gcount()))));
  }
  if (file.bad()) return fail(ErrorCode::io, fmt::format("{}: cannot read", path.string()));
  return {};
}

std::uint64_t size_on_disk(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

/// A file on its way, and the sum of what is there of it.
class Downloader::Part {
 public:
  Part(base::FileSystem& disk, std::filesystem::path path, HubFile& file, std::string_view what)
      : disk_(disk), path_(std::move(path)), file_(file), what_(what) {}

  /// Goes on where another try ended; only a checksum can say whether that fits.
  Result<void> go_on() {
    size_ = size_on_disk(path_);
    if (!file_.checksum || !file_.size || size_ > *file_.size) return start_anew();
    found_ = size_;
    digest_ = file_.checksum->digest(*file_.size);
    if (size_ > 0) KINDRED_TRY(add_file(path_, *digest_));
    out_ = KINDRED_TRY(disk_.append(path_));
    return {};
  }
  Result<void> start_anew() {
    size_ = 0;
    found_ = 0;
    digest_.reset();
    if (file_.checksum && file_.size) digest_ = file_.checksum->digest(*file_.size);
    out_ = KINDRED_TRY(disk_.create(path_));
    return {};
  }

  std::uint64_t size() const { return size_; }
  /// Bytes that were there before.
  std::uint64_t found() const { return found_; }
  bool is_complete() const { return file_.size && size_ == *file_.size; }
  void begin_reply() { begun_ = false; }

  Result<void> take(const HttpReply& reply, std::span<const std::byte> bytes) {
    if (!std::exchange(begun_, true)) KINDRED_TRY(begin(reply));
    if (file_.size && bytes.size() > *file_.size - size_)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: the server sends more than the {} bytes that it has", what_,
                              *file_.size));
    if (digest_) digest_->add(bytes);
    KINDRED_TRY(out_->write(bytes));
    size_ += bytes.size();
    return {};
  }

  /// What is wrong with it now that it has ended; empty: nothing.
  std::string problem() {
    if (file_.size && size_ != *file_.size)
      return fmt::format("has {} bytes, the hub says {}", size_, *file_.size);
    if (!digest_) return "";
    const std::string sum = digest_->hexadecimal();
    if (sum == file_.checksum->hexadecimal) return "";
    return fmt::format("its {} is {}, the hub says {}", file_.checksum->name(), sum,
                       file_.checksum->hexadecimal);
  }

  Result<void> finish(const std::filesystem::path& name) {
    file_.size = size_;
    KINDRED_TRY(out_->sync());
    out_.reset();
    return disk_.rename(path_, name);
  }
  Result<void> throw_away() {
    out_.reset();
    return disk_.remove(path_);
  }

 private:
  Result<void> begin(const HttpReply& reply) {
    const bool goes_on = reply.status == 206 &&
                         reply.header("content-range").starts_with(fmt::format("bytes {}-", size_));
    if (size_ > 0 && !goes_on) KINDRED_TRY(start_anew());
    if (reply.status == 206 && size_ == 0 && !goes_on)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: the server sends another part of it", what_));
    if (file_.checksum || size_ > 0) return {};
    // The listing said nothing: what the server says of the file before any redirect, else of what
    // it sends.
    for (const std::string_view size :
         {reply.first_header("x-linked-size"), reply.header("x-linked-size"),
          reply.header("content-length")})
      if (!file_.size) file_.size = number_of(size);
    for (const std::string_view tag :
         {reply.first_header("x-linked-etag"), reply.header("x-linked-etag"), reply.header("etag")})
      if (!file_.checksum) file_.checksum = read_checksum(bare(tag));
    return start_anew();
  }

  base::FileSystem& disk_;
  std::filesystem::path path_;
  HubFile& file_;
  std::string_view what_;
  std::unique_ptr<base::WritableFile> out_;
  std::optional<Digest> digest_;
  std::uint64_t size_ = 0;
  std::uint64_t found_ = 0;
  bool begun_ = false;
};

Downloader::Downloader(base::FileSystem& disk, DownloadOptions options)
    : disk_(disk), options_(std::move(options)), client_(options_.stall) {}

/// False where nobody wants to wait any longer.
bool Downloader::wait(std::chrono::seconds pause) const {
  constexpr std::chrono::milliseconds kStep{100};
  const auto end = std::chrono::steady_clock::now() + pause;
  while (std::chrono::steady_clock::now() < end) {
    if (!wanted()) return false;
    std::this_thread::sleep_for(kStep);
  }
  return wanted();
}

Result<void> Downloader::get_patiently(const std::function<HttpRequest()>& request,
                                       const TakeBody& take, std::string_view what) {
  for (std::size_t failures = 0;; ++failures) {
    bool came = false;
    const auto take_and_count = [&](const HttpReply& reply, std::span<const std::byte> bytes) {
      came = true;
      received_ += bytes.size();
      auto taken = take(reply, bytes);
      if (taken && options_.arrived && !options_.arrived(bytes.size()))
        return Result<void>(fail(ErrorCode::cancelled, fmt::format("{}: stopped", what)));
      return taken;
    };
    const HttpReply reply =
        KINDRED_TRY(client_.get(request(), take_and_count, [this] { return wanted(); }));
    if (reply.is_good()) return {};
    if (came) failures = 0;
    if (!may_pass(reply) || failures >= options_.retries) return error_of(reply, what);
    const std::chrono::seconds usual(std::uint64_t{1} << std::min(failures, std::size_t{6}));
    const auto pause = std::min(reply.retry_after.value_or(usual), kLongestPause);
    if (!wait(pause)) return fail(ErrorCode::cancelled, fmt::format("{}: stopped", what));
  }
}

Result<std::string> Downloader::fetch(const std::string& url, std::string_view what) {
  std::string answer;
  const auto request = [&] {
    answer.clear();
    return HttpRequest{.url = url, .token = options_.token};
  };
  const auto take = [&](const HttpReply&, std::span<const std::byte> bytes) -> Result<void> {
    if (bytes.size() > kLargestAnswer - answer.size())
      return fail(ErrorCode::corrupt, fmt::format("{}: the hub's answer is larger than {} bytes",
                                                  what, kLargestAnswer));
    answer.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  };
  KINDRED_TRY(get_patiently(request, take, what));
  return answer;
}

Result<void> Downloader::download(const std::string& url, const std::filesystem::path& path,
                                  HubFile& file, std::string_view what) {
  auto part_path = path;
  part_path += ".part";
  Part part(disk_, part_path, file, what);
  KINDRED_TRY(part.go_on());
  for (;;) {
    if (part.found() > 0 && options_.arrived) options_.arrived(part.found());
    if (!part.is_complete()) {
      const auto request = [&] {
        part.begin_reply();
        return HttpRequest{.url = url, .token = options_.token, .from = part.size()};
      };
      const auto take = [&](const HttpReply& reply, std::span<const std::byte> bytes) {
        return part.take(reply, bytes);
      };
      KINDRED_TRY(get_patiently(request, take, what));
    }
    const std::string problem = part.problem();
    if (problem.empty()) return part.finish(path);
    // What an earlier pull left may be what is wrong.
    if (part.found() == 0) {
      KINDRED_TRY(part.throw_away());
      return fail(ErrorCode::corrupt, fmt::format("{}: {}; it was thrown away", what, problem));
    }
    KINDRED_TRY(part.start_anew());
  }
}

Result<bool> is_whole(const std::filesystem::path& path, const HubFile& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || (file.size && size != *file.size)) return false;
  if (!file.checksum) return file.size.has_value();
  Digest digest = file.checksum->digest(size);
  KINDRED_TRY(add_file(path, digest));
  return digest.hexadecimal() == file.checksum->hexadecimal;
}

}  // namespace kindred::net
