#include "text/models/word_level.h"

#include <gtest/gtest.h>

#include "support/tokenizer_cases.h"

namespace kindred::text {
namespace {

// With the pre-tokenizers and normalizers that are worth little to other models, and with models of
// files that name no type.
TEST(WordLevel, AgreesWithTheReference) {
  kindred::testing::expect_the_reference(
      std::filesystem::path(KINDRED_FIXTURES) / "tokenizers" / "parts", 200);
}

}  // namespace
}  // namespace kindred::text
