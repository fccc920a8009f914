/// HTTP GET, on libcurl.
///
/// Redirects are followed, from https to https only; a token goes to the host that was asked and is
/// not carried to another one. Nothing is decoded on the way: the bytes are those of the file.
/// A server that stalls is given up on. Proxies are those of the environment, as libcurl reads it.
///
/// Thread safety: an HttpClient belongs to one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::net {

struct HttpRequest {
  std::string url;         ///< http or https
  std::string token;       ///< sent as "Authorization: Bearer TOKEN"; empty: none
  std::uint64_t from = 0;  ///< the first byte that is wanted
};

struct HttpReply {
  /// What came between us and a whole reply (no connection, one that ended early, a stall): in
  /// words, and whether another try may go better. Empty where the reply is whole.
  std::string broken;
  bool may_retry = false;

  long status = 0;  ///< of the last one after redirects; 0: none came
  /// Names in lower case; those of the last reply, and of the first where that redirected.
  std::map<std::string, std::string, std::less<>> headers;
  std::map<std::string, std::string, std::less<>> first_headers;
  /// How long a server that is busy wants to be left alone, where it says so.
  std::optional<std::chrono::seconds> retry_after;
  std::string excerpt;  ///< of the body, where the status is an error: its first bytes

  bool is_good() const { return broken.empty() && (status == 200 || status == 206); }
  std::string_view header(std::string_view name) const;
  std::string_view first_header(std::string_view name) const;
};

/// Takes the body of a good reply, piece by piece; `reply` has status and headers. An Error ends
/// the request, which then fails with it.
using TakeBody =
    std::function<Result<void>(const HttpReply& reply, std::span<const std::byte> bytes)>;

class HttpClient {
 public:
  /// stall: how long a server may send nothing.
  explicit HttpClient(std::chrono::seconds stall);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// `wanted` is asked now and then, and ends the request where it says no. Fails with what `take`
  /// failed with, or ErrorCode::cancelled; all trouble with servers is in the reply.
  Result<HttpReply> get(const HttpRequest& request, const TakeBody& take,
                        const std::function<bool()>& wanted = {});

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

/// A name as it stands in the path of an address: what isn't a letter, a digit or one of "-._~/" as
/// %XX.
std::string escaped_path(std::string_view path);

/// Whether a server at this address is on this machine, or talks TLS: whoever listens on the way
/// reads no token.
bool is_private(std::string_view url);

}  // namespace kindred::net
