#include "kindred/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

#include "base/system_error.h"

namespace kindred {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorCode::invalid_argument, std::to_string(value) + " is odd");
  return value / 2;
}
Result<void> check(int value) {
  KINDRED_TRY(half(value));
  return {};
}
Result<std::string> quarter(int value) {
  const int halved = KINDRED_TRY(half(value));
  KINDRED_TRY(check(halved));
  return std::to_string(KINDRED_TRY(half(halved)));
}
Result<std::unique_ptr<int>> boxed(int value) {
  return std::make_unique<int>(KINDRED_TRY(half(value)));
}
Result<int> unboxed(int value) {
  const std::unique_ptr<int> box = KINDRED_TRY(boxed(value));  // moved, never copied
  return *box;
}

TEST(Try, GivesTheValueOrReturnsTheError) {
  EXPECT_EQ(*quarter(12), "3");
  EXPECT_EQ(quarter(3).error().message, "3 is odd");
  EXPECT_EQ(quarter(6).error().message, "3 is odd");
  EXPECT_EQ(quarter(6).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(*unboxed(8), 4);
  EXPECT_FALSE(unboxed(7));
}

TEST(Try, EvaluatesOnce) {
  int calls = 0;
  const auto count = [&]() -> Result<int> { return ++calls; };
  const auto outer = [&]() -> Result<int> { return KINDRED_TRY(count()) * 10; };
  EXPECT_EQ(*outer(), 10);
  EXPECT_EQ(calls, 1);
}

TEST(SystemError, NamesThePathTheActionAndTheReason) {
  const Error missing = base::system_error("a/b", "cannot open", ENOENT).error();
  EXPECT_EQ(missing.code, ErrorCode::not_found);
  EXPECT_EQ(missing.message, "a/b: cannot open: No such file or directory");
  EXPECT_EQ(base::system_error("a", "cannot write", ENOSPC).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace kindred
