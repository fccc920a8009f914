#include "base/file_lock.h"

#include <gtest/gtest.h>

#include <utility>

#include "support/temporary_folder.h"

namespace kindred::base {
namespace {

TEST(FileLockTest, OneAtATimeHasIt) {
  const testing::TemporaryFolder folder;
  auto first = FileLock::take(folder / "a.lock");
  ASSERT_TRUE(first && *first);
  EXPECT_FALSE(*FileLock::take(folder / "a.lock"));
  EXPECT_TRUE(*FileLock::take(folder / "b.lock"));
  {
    const FileLock moved = std::move(**first);
    EXPECT_FALSE(*FileLock::take(folder / "a.lock"));
  }
  EXPECT_TRUE(*FileLock::take(folder / "a.lock"));
  EXPECT_EQ(FileLock::take(folder / "none" / "c.lock").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace kindred::base
