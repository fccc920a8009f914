#include "ingest/pipeline.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "base/checksum.h"
#include "base/random.h"
#include "support/temporary_folder.h"

namespace kindred::ingestion {
namespace {

constexpr std::size_t kDimensions = 4;

/// An embedder without a model: a text's vector depends on the text alone; texts over 1,000 bytes
/// count as truncated.
class FakeEmbedder {
 public:
  EmbedTexts function() {
    return [this](std::span<const std::string_view> texts,
                  const EmbedOptions& options) -> Result<EmbedResult> {
      EmbedResult result{.vectors = Matrix(texts.size(), kDimensions)};
      for (std::size_t i = 0; i < texts.size(); ++i) {
        base::Random random(base::checksum(std::as_bytes(std::span(texts[i]))));
        for (float& value : result.vectors.row(i)) value = random.normal();
        result.truncated.push_back(texts[i].size() > 1000 ? 1 : 0);
        if (options.progress && !options.progress({.done = i + 1, .total = texts.size()}))
          return fail(ErrorCode::cancelled, "cancelled");
      }
      embedded_ += texts.size();
      return result;
    };
  }
  std::size_t embedded() const { return embedded_; }

 private:
  std::size_t embedded_ = 0;
};

class PipelineTest : public ::testing::Test {
 protected:
  Collection open(const std::string& name = "news") {
    auto collection = Collection::open(
        folder_ / "data" / name, CollectionMode::write,
        CollectionModel{.name = "fake", .hash = "f", .dimensions = kDimensions, .sentinels = {}});
    EXPECT_TRUE(collection.has_value()) << collection.error().message;
    return std::move(*collection);
  }
  std::filesystem::path write(const std::string& name, std::string_view content) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  Result<IngestReport> ingest(Collection& collection, std::vector<std::filesystem::path> files,
                              const IngestOptions& options = {}) {
    return run(collection, fake_.function(), files, options);
  }
  static std::string text_of(const Collection& collection, const std::filesystem::path& id) {
    const auto found = collection.get(id.string());
    return found.has_value() && found->has_value() ? (*found)->text : "(none)";
  }

  testing::TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_.path();
  FakeEmbedder fake_;
};

TEST_F(PipelineTest, ReadsFilesAndFoldersInOrder) {
  write("texts/b.md", "second");
  write("texts/a.txt",
        "\xef\xbb\xbf"
        "first");
  write("texts/inner/c.txt", "third");
  write("texts/.hidden.txt", "no");
  write("texts/.git/config", "no");
  write("texts/picture.png", std::string("\x89PNG\0\0", 6));
  write("texts/blank.txt", " \n\t\r\n");
  write("texts/empty.txt", "");
  auto collection = open();
  const auto report = ingest(collection, {folder_ / "texts/../texts/"});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->read, 5U);
  EXPECT_EQ(report->added, 3U);
  EXPECT_EQ(report->empty, 2U);
  EXPECT_EQ(report->skipped_files, 1U);
  EXPECT_EQ(collection.size(), 3U);
  EXPECT_EQ(text_of(collection, folder_ / "texts/a.txt"), "first");
  EXPECT_EQ(text_of(collection, folder_ / "texts/inner/c.txt"), "third");
}

TEST_F(PipelineTest, ReadsADocumentALine) {
  const auto file = write("lines.txt", "one\r\n\n  \ntwo\nbad \xff\xc3 end\nlast");
  auto collection = open();
  const auto report = ingest(collection, {file}, {.lines = true});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->read, 6U);
  EXPECT_EQ(report->added, 4U);
  EXPECT_EQ(report->empty, 2U);
  EXPECT_EQ(text_of(collection, file.string() + ":1"), "one");
  EXPECT_EQ(text_of(collection, file.string() + ":4"), "two");
  EXPECT_EQ(text_of(collection, file.string() + ":5"), "bad \xef\xbf\xbd\xef\xbf\xbd end");
  EXPECT_EQ(text_of(collection, file.string() + ":6"), "last");
}

TEST_F(PipelineTest, ReadsJsonLinesWithPayload) {
  const auto file = write("d.jsonl",
                          "{\"id\":\"x\",\"abstract\":\"A\\u00e9\",\"year\":2024}\n\n"
                          "{\"abstract\":\"B\",\"id\":17,\"tags\":[\"a\"]}\n");
  auto collection = open();
  const auto report = ingest(collection, {file}, {.text_field = "abstract", .id_field = "id"});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->added, 2U);
  EXPECT_EQ(text_of(collection, "x"), "A\xc3\xa9");
  EXPECT_EQ((*collection.get("x"))->fields, R"({"year":2024})");
  EXPECT_EQ((*collection.get("17"))->fields, R"({"tags":["a"]})");
  auto by_place = open("by_place");
  ASSERT_TRUE(ingest(by_place, {file}, {.text_field = "abstract"}).has_value());
  EXPECT_EQ(text_of(by_place, file.string() + ":3"), "B");
  EXPECT_EQ((*by_place.get(file.string() + ":3"))->fields, R"({"id":17,"tags":["a"]})");
}

TEST_F(PipelineTest, EmbedsOnlyWhatIsNewOrChanged) {
  auto collection = open();
  std::string content;
  for (int i = 0; i < 1300; ++i) content += fmt::format("line {}\n", i);
  auto file = write("many.txt", content);
  ASSERT_EQ(ingest(collection, {file}, {.lines = true})->added, 1300U);
  const auto again = ingest(collection, {file}, {.lines = true});
  EXPECT_EQ(again->unchanged, 1300U);
  EXPECT_EQ(again->added, 0U);
  EXPECT_EQ(fake_.embedded(), 1300U);
  write("many.txt", "changed\n" + content.substr(content.find('\n') + 1) + "new\n");
  const auto changed = ingest(collection, {file}, {.lines = true});
  EXPECT_EQ(changed->unchanged, 1299U);
  EXPECT_EQ(changed->added, 2U);
  EXPECT_EQ(collection.size(), 1301U);
}

TEST_F(PipelineTest, TheLaterOfTheSameIdStaysAndASecondRunAgrees) {
  const auto file = write("d.jsonl",
                          "{\"id\":\"x\",\"text\":\"old\"}\n{\"id\":\"y\",\"text\":\"other\"}\n"
                          "{\"id\":\"x\",\"text\":\"new\"}\n");
  auto collection = open();
  for (const std::size_t added : {2, 0}) {
    const auto report = ingest(collection, {file}, {.id_field = "id"});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->read, 3U);
    EXPECT_EQ(report->superseded, 1U);
    EXPECT_EQ(report->added, added);
    EXPECT_EQ(text_of(collection, "x"), "new");
  }
}

TEST_F(PipelineTest, ABrokenLineIsNamedAndWhatCameBeforeIsStored) {
  auto collection = open();
  const auto expect_failure = [&](const std::string& line, const std::string& words) {
    const auto file = write("broken.jsonl", "{\"id\":\"good\",\"text\":\"t\"}\n" + line + "\n");
    const auto report = ingest(collection, {file}, {.id_field = "id"});
    ASSERT_FALSE(report.has_value()) << line;
    EXPECT_THAT(report.error().message, ::testing::HasSubstr("broken.jsonl: line 2"));
    EXPECT_THAT(report.error().message, ::testing::HasSubstr(words));
    EXPECT_EQ(text_of(collection, "good"), "t");
  };
  expect_failure("{\"id\":\"a\",\"text\":", "");
  expect_failure("{\"id\":\"a\"}", "text");
  expect_failure("{\"text\":\"a\"}", "id");
  expect_failure("{\"id\":\"\",\"text\":\"a\"}", "the id is empty");
  expect_failure("{\"id\":\"" + std::string(5000, 'i') + "\",\"text\":\"a\"}", "5000 bytes");
  expect_failure("[1,2]", "");
  expect_failure(std::string(100'000, '['), "");
  EXPECT_EQ(collection.size(), 1U);
}

TEST_F(PipelineTest, NamesFilesThatAreMissingOrNotText) {
  auto collection = open();
  const auto missing = ingest(collection, {folder_ / "nothing.txt"});
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message, ::testing::HasSubstr("nothing.txt"));
  const auto binary = ingest(collection, {write("a.bin", std::string("a\0b", 3))});
  ASSERT_FALSE(binary.has_value());
  EXPECT_THAT(binary.error().message, ::testing::HasSubstr("a.bin: is not text"));
  const auto pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(ingest(collection, {pipe}).has_value());
  EXPECT_EQ(collection.size(), 0U);
}

TEST_F(PipelineTest, CountsWhatTheModelTruncated) {
  auto collection = open();
  const auto report =
      ingest(collection, {write("long.txt", std::string(2000, 'a')), write("short.txt", "a")});
  EXPECT_EQ(report->truncated, 1U);
}

TEST_F(PipelineTest, TellsProgressToTheEndAndStopsWhenAsked) {
  std::string content;
  for (int i = 0; i < 1200; ++i) content += i % 100 == 0 ? "\n" : fmt::format("line {}\n", i);
  const auto file = write("many.txt", content);
  auto collection = open();
  // Stopped in the second batch: the first is there, and only that.
  const auto stopped =
      ingest(collection, {file},
             {.lines = true, .progress = [](const ProgressReport& now) { return now.done < 700; }});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_EQ(collection.size(), 512U);

  std::vector<std::uint64_t> done;
  const auto finished =
      ingest(collection, {file}, {.lines = true, .progress = [&](const ProgressReport& now) {
                                    if (now.done > 0) {
                                      EXPECT_EQ(now.total, 1200U);
                                    }
                                    done.push_back(now.done);
                                    return true;
                                  }});
  ASSERT_TRUE(finished.has_value());
  EXPECT_EQ(finished->unchanged, 512U);
  EXPECT_EQ(finished->added, 1188U - 512U);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), 1200U);
}

}  // namespace
}  // namespace kindred::ingestion
