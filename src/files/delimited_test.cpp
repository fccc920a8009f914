#include "files/delimited.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace kindred::files {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using Rows = std::vector<std::vector<std::string>>;

Result<Rows> rows(std::string_view text, Delimited kind) {
  auto table = KINDRED_TRY(DelimitedReader::read(LineReader::of(text, "table"), kind));
  Rows found;
  while (KINDRED_TRY(table.next())) found.emplace_back(table.row().begin(), table.row().end());
  return found;
}

std::string problem(std::string_view text, Delimited kind = Delimited::csv) {
  const auto found = rows(text, kind);
  return found ? "no error" : found.error().message;
}

TEST(DelimitedReader, ReadsCsv) {
  EXPECT_EQ(*rows("id,text\r\n1,\"a \"\"word\"\", and\r\nmore\"\r\n\r\n2, plain \"x\" \r\n3,",
                  Delimited::csv),
            (Rows{{"1", "a \"word\", and\nmore"}, {"2", " plain \"x\" "}, {"3", ""}}));
  EXPECT_EQ(*rows("\xef\xbb\xbf\"a,b\",c\n\"\",\"\"\n\"\"\"\",\"\n\n\"", Delimited::csv),
            (Rows{{"", ""}, {"\"", "\n\n"}}));
  EXPECT_EQ(*rows("a\nx", Delimited::csv), (Rows{{"x"}}));
  EXPECT_EQ(*rows("a,b\n", Delimited::csv), Rows{});
}

TEST(DelimitedReader, ReadsTsv) {
  EXPECT_EQ(*rows("id\ttext\n1\t\"a, b\n\n2\t\n", Delimited::tsv),
            (Rows{{"1", "\"a, b"}, {"2", ""}}));
}

TEST(DelimitedReader, FindsFieldsByName) {
  const TemporaryFolder folder;
  auto table =
      DelimitedReader::open(folder.write("a.csv", "id,title\n1,\"x\ny\"\n2,z\n"), Delimited::csv);
  ASSERT_TRUE(table);
  EXPECT_THAT(table->header(), ElementsAre("id", "title"));
  EXPECT_EQ(*table->column("title"), 1U);
  EXPECT_THAT(table->column("text").error().message,
              HasSubstr("a.csv: has no field \"text\", only id, title"));
  ASSERT_TRUE(*table->next());
  EXPECT_EQ(table->row_line(), 2U);
  ASSERT_TRUE(*table->next());
  EXPECT_EQ(table->row_line(), 4U);
  EXPECT_FALSE(*table->next());
}

TEST(DelimitedReader, NamesTheLineThatIsBroken) {
  EXPECT_EQ(problem(""), "table: has no header row");
  EXPECT_EQ(problem("\n\n"), "table: has no header row");
  EXPECT_EQ(problem("a,a\n"), "table: line 1: two fields are called \"a\"");
  EXPECT_EQ(problem("a,b\n\n1\n"), "table: line 3 has 1 fields, the header has 2");
  EXPECT_EQ(problem("a\tb\n1\t2\t3\n", Delimited::tsv),
            "table: line 2 has 3 fields, the header has 2");
  EXPECT_EQ(problem("a,b\n1,\"x\ny"), "table: line 2: a quoted field of this row never ends");
  EXPECT_EQ(problem("a,b\n\"x\ny\"z,1"),
            "table: line 3: text follows the closing quote of a field");
  EXPECT_EQ(problem("\"a\nb\",\"a\nb\""), "table: line 3: two fields are called \"a?b\"");
}

}  // namespace
}  // namespace kindred::files
