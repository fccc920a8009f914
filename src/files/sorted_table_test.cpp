#include "files/sorted_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/file_system.h"

namespace kindred::files {
namespace {

using ::testing::HasSubstr;

std::string bytes_of_fixture() {
  return *base::read_file(std::filesystem::path(KINDRED_FIXTURES) / "saved_model" / "nnlm" /
                          "variables" / "variables.index");
}

Result<std::vector<TableEntry>> read(const std::string& bytes) {
  return read_sorted_table(std::as_bytes(std::span(bytes)), "t.index");
}

TEST(SortedTable, ReadsWhatTensorFlowWrote) {
  const std::string bytes = bytes_of_fixture();
  const auto entries = read(bytes);
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 4U);
  EXPECT_EQ((*entries)[0].key, "");
  EXPECT_EQ((*entries)[1].key, "_CHECKPOINTABLE_OBJECT_GRAPH");
  EXPECT_EQ((*entries)[2].key, "embeddings/.ATTRIBUTES/VARIABLE_VALUE");
  EXPECT_EQ((*entries)[3].key, "save_counter/.ATTRIBUTES/VARIABLE_VALUE");
  EXPECT_EQ((*entries)[0].value, std::string_view("\x08\x01\x1a\x02\x08\x01", 6));
}

TEST(SortedTable, FindsDamage) {
  std::string bytes = bytes_of_fixture();
  EXPECT_THAT(read("").error().message, HasSubstr("t.index: doesn't end as a table does"));
  bytes[10] = static_cast<char>(bytes[10] ^ 1);
  EXPECT_EQ(read(bytes).error().message, "t.index: a block has another checksum");
  bytes = bytes_of_fixture();
  // The place of the list of blocks: beyond the file.
  bytes[bytes.size() - 46] = '\x7f';
  bytes[bytes.size() - 45] = '\x7f';
  EXPECT_THAT(read(bytes).error().message, HasSubstr("a block"));
}

}  // namespace
}  // namespace kindred::files
