/// A server on this machine that answers GET with what a test gives it: whole bodies, one request a
/// connection, no ranges. (What servers do wrong is tests/end_to_end/hub_test.py's.)
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace kindred::testing {

class HttpServer {
 public:
  /// bodies: by path, what stands before a "?".
  explicit HttpServer(std::map<std::string, std::string> bodies)
      : bodies_(std::move(bodies)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, any, &size) != 0)
      throw std::runtime_error("no port for a test's server");
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::jthread([this] { serve(); });
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer() {
    ::shutdown(listener_, SHUT_RDWR);  // accept() returns
    thread_.join();
    ::close(listener_);
  }

  const std::string& url() const { return url_; }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      answer(connection);
      ::close(connection);
    }
  }

  void answer(int connection) {
    std::string request;
    std::array<char, 4096> piece{};
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(connection, piece.data(), piece.size(), 0);
      if (count <= 0) return;
      request.append(piece.data(), static_cast<std::size_t>(count));
    }
    const std::size_t begin = request.find(' ') + 1;
    const auto body =
        bodies_.find(request.substr(begin, request.find_first_of(" ?", begin) - begin));
    const std::string text = body == bodies_.end() ? "" : body->second;
    std::string reply = body == bodies_.end() ? "HTTP/1.1 404 Not Found" : "HTTP/1.1 200 OK";
    reply += "\r\nConnection: close\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n";
    reply += text;
    for (std::size_t sent = 0; sent < reply.size();) {
      const ssize_t count =
          ::send(connection, reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

  std::map<std::string, std::string> bodies_;
  int listener_;
  std::string url_;
  std::jthread thread_;
};

}  // namespace kindred::testing
