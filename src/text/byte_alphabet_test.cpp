#include "text/byte_alphabet.h"

#include <gtest/gtest.h>

#include <set>

namespace kindred::text {
namespace {

TEST(ByteAlphabet, HasACharacterForEachByte) {
  std::set<char32_t> characters;
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    characters.insert(byte_alphabet()[static_cast<std::size_t>(byte)]);
    EXPECT_EQ(byte_of(byte_alphabet()[static_cast<std::size_t>(byte)]), byte);
    all.push_back(static_cast<char>(byte));
  }
  EXPECT_EQ(characters.size(), 256U);
  EXPECT_EQ(unspell_bytes(spell_bytes(all)), all);
  // As in GPT-2's vocabulary.
  EXPECT_EQ(spell_bytes(" a\n\u00e9"), "\u0120a\u010a\u00c3\u00a9");
  EXPECT_EQ(spell_bytes("\xad"), "\u0143");
}

TEST(ByteAlphabet, KnowsWhatIsNotOfIt) {
  for (const char* other : {" ", "\u0144", "\u00ad", "\u4e2d", "a b", "\xff"})
    EXPECT_EQ(unspell_bytes(other), std::nullopt) << other;
  EXPECT_EQ(byte_of(0x10FFFF), std::nullopt);
}

}  // namespace
}  // namespace kindred::text
