#include "net/http.h"

#include <gtest/gtest.h>

namespace kindred::net {
namespace {

TEST(HttpTest, PathsAreEscaped) {
  EXPECT_EQ(escaped_path("1_Pooling/config.json"), "1_Pooling/config.json");
  EXPECT_EQ(escaped_path("a b?#%\xC3\xA9"), "a%20b%3F%23%25%C3%A9");
}

TEST(HttpTest, TokensAreForTlsAndThisMachine) {
  for (const char* url :
       {"https://hub.example", "http://127.0.0.1:8000", "http://localhost/x", "http://[::1]:80"})
    EXPECT_TRUE(is_private(url)) << url;
  for (const char* url :
       {"http://hub.example", "http://localhost.example", "http://127.0.0.1.example",
        "http://localhost@hub.example", "ftp://localhost"})
    EXPECT_FALSE(is_private(url)) << url;
}

TEST(HttpTest, NobodyAnswers) {
  HttpClient client(std::chrono::seconds(5));
  const auto reply = client.get({.url = "http://127.0.0.1:1/"},
                                [](const HttpReply&, auto) { return Result<void>(); });
  ASSERT_TRUE(reply);
  EXPECT_FALSE(reply->is_good());
  EXPECT_TRUE(reply->may_retry);
  EXPECT_FALSE(reply->broken.empty());
}

}  // namespace
}  // namespace kindred::net
