#include "net/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <new>
#include <utility>

namespace kindred::net {
namespace {

constexpr std::size_t kExcerpt = 4096;
constexpr long kMostRedirects = 10;
constexpr long kConnectSeconds = 20;
constexpr std::size_t kMostHeaders = 256;

/// libcurl's own state, once in a program.
void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::bad_alloc();
}

/// One request on its way.
struct Transfer {
  CURL* curl;
  const TakeBody& take;
  const std::function<bool()>& wanted;
  HttpReply reply;
  std::optional<Error> failure;
};

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t take_header(char* data, std::size_t /*one*/, std::size_t size, void* user) {
  auto& reply = static_cast<Transfer*>(user)->reply;
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {  // another reply begins
    if (reply.first_headers.empty()) reply.first_headers = std::move(reply.headers);
    reply.headers.clear();
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || reply.headers.size() >= kMostHeaders) return size;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  reply.headers[std::move(name)] = trimmed(line.substr(colon + 1));
  return size;
}

std::size_t take_body(char* data, std::size_t /*one*/, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  HttpReply& reply = transfer.reply;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &reply.status);
  if (!reply.is_good()) {
    reply.excerpt.append(data, std::min(size, kExcerpt - reply.excerpt.size()));
    return size;
  }
  const auto taken = transfer.take(reply, std::as_bytes(std::span(data, size)));
  if (taken) return size;
  transfer.failure = taken.error();
  return size == 0 ? 1 : 0;  // anything but `size` ends it
}

int report(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& transfer = *static_cast<Transfer*>(user);
  return transfer.wanted && !transfer.wanted() ? 1 : 0;
}

/// Whether the same request may go better a moment later.
bool may_pass(CURLcode code) {
  constexpr std::array kLasting = {CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,
                                   CURLE_TOO_MANY_REDIRECTS,   CURLE_PEER_FAILED_VERIFICATION,
                                   CURLE_SSL_CACERT_BADFILE,   CURLE_SSL_ENGINE_NOTFOUND,
                                   CURLE_NOT_BUILT_IN};
  return std::ranges::find(kLasting, code) == kLasting.end();
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : found->second;
}

std::string_view HttpReply::first_header(std::string_view name) const {
  const auto found = first_headers.find(name);
  return found == first_headers.end() ? std::string_view() : found->second;
}

struct HttpClient::Handle {
  CURL* curl = nullptr;
  std::chrono::seconds stall;
  explicit Handle(std::chrono::seconds longest) : stall(longest) {
    start_curl();
    curl = curl_easy_init();
    if (curl == nullptr) throw std::bad_alloc();
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(curl); }
};

HttpClient::HttpClient(std::chrono::seconds stall) : handle_(std::make_unique<Handle>(stall)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpReply> HttpClient::get(const HttpRequest& request, const TakeBody& take,
                                  const std::function<bool()>& wanted) {
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);  // keeps its connections
  Transfer transfer{.curl = curl, .take = take, .wanted = wanted, .reply = {}, .failure = {}};
  std::array<char, CURL_ERROR_SIZE> problem{};
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl, option, value); };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_ERRORBUFFER, problem.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "kindred");
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, request.url.starts_with("https:") ? "https" : "http,https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, kMostRedirects);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // of proxies
  set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(handle_->stall.count()));
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &report);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  const std::string range = fmt::format("{}-", request.from);
  if (request.from > 0) set(CURLOPT_RANGE, range.c_str());
  std::unique_ptr<curl_slist, FreeList> headers;
  if (!request.token.empty()) {
    headers.reset(
        curl_slist_append(nullptr, fmt::format("Authorization: Bearer {}", request.token).c_str()));
    if (!headers) throw std::bad_alloc();
    set(CURLOPT_HTTPHEADER, headers.get());
  }

  const CURLcode code = curl_easy_perform(curl);
  if (transfer.failure) return std::unexpected(std::move(*transfer.failure));
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code == CURLE_ABORTED_BY_CALLBACK)
    return fail(ErrorCode::cancelled, fmt::format("{}: stopped", request.url));
  HttpReply& reply = transfer.reply;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  curl_off_t seconds = 0;  // curl reads dates, too
  if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
    reply.retry_after = std::chrono::seconds(seconds);
  if (code != CURLE_OK) {
    reply.broken = problem[0] != '\0' ? problem.data() : curl_easy_strerror(code);
    reply.may_retry = may_pass(code);
  }
  return std::move(reply);
}

std::string escaped_path(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    escaped += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return escaped;
}

bool is_private(std::string_view url) {
  if (url.starts_with("https://")) return true;
  constexpr std::string_view kPlain = "http://";
  if (!url.starts_with(kPlain)) return false;
  url.remove_prefix(kPlain.size());
  const std::string_view host = url.substr(0, url.find_first_of("/?#"));
  if (host.find('@') != std::string_view::npos) return false;
  return std::ranges::any_of(std::array<std::string_view, 3>{"127.0.0.1", "localhost", "[::1]"},
                             [&](std::string_view own) {
                               return host == own ||
                                      (host.starts_with(own) && host[own.size()] == ':');
                             });
}

}  // namespace kindred::net
