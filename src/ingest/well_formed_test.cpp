#include "ingest/well_formed.h"

#include <gtest/gtest.h>

#include <string>

namespace kindred::ingestion {
namespace {

const std::string kReplaced = "\xef\xbf\xbd";

TEST(WellFormed, KeepsWhatIsUtf8) {
  for (const std::string text : {"", "plain", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"})
    EXPECT_EQ(well_formed(text), text);
  const std::string with_nul("a\0b", 3);
  EXPECT_EQ(well_formed(with_nul), with_nul);
}

/// The cases of Unicode 15, section 3.9, tables 3-8 to 3-11.
TEST(WellFormed, ReplacesEachMaximalSubpartOnce) {
  const auto times = [](int n) {
    std::string all;
    for (int i = 0; i < n; ++i) all += kReplaced;
    return all;
  };
  EXPECT_EQ(well_formed("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82"
                        "A"),
            times(8) + "A");
  EXPECT_EQ(well_formed("\xed\xa0\x80\xed\xbf\xbf\xed\xaf"
                        "A"),
            times(8) + "A");
  EXPECT_EQ(well_formed("\xf4\x91\x92\x93\xff"
                        "A\x80\xbf"
                        "B"),
            times(5) + "A" + times(2) + "B");
  EXPECT_EQ(well_formed("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf"
                        "A"),
            times(4) + "A");
  EXPECT_EQ(well_formed("cut \xf0\x9f\x98"), "cut " + kReplaced);
}

}  // namespace
}  // namespace kindred::ingestion
