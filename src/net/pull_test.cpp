// Pulls onto disks that fail, are full or lose power. (Servers that fail: end_to_end/hub_test.py.)
#include "net/pull.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "net/digest.h"
#include "support/faulty_file_system.h"
#include "support/http_server.h"
#include "support/temporary_folder.h"

namespace kindred::net {
namespace {

using testing::FaultyFileSystem;
using testing::Operation;

const std::map<std::string, std::string> kFiles = {
    {"config.json", R"({"model_type": "bert"})"},
    {"1_Pooling/config.json", "{}"},
    {"model.safetensors", std::string(100'000, 'w')},
};

std::string sha256_of(const std::string& text) {
  Digest digest = Digest::sha256();
  digest.add(std::as_bytes(std::span(text)));
  return digest.hexadecimal();
}

/// The answers of a hub that has one model, m, at one commit.
std::map<std::string, std::string> answers(const std::string& commit) {
  std::map<std::string, std::string> bodies;
  std::string siblings;
  const std::string place = "/m/resolve/" + commit + "/";
  for (const auto& [name, text] : kFiles) {
    bodies[place + name] = text;
    siblings += (siblings.empty() ? "" : ", ") + (R"({"rfilename": ")" + name) +
                R"(", "lfs": {"sha256": ")" + sha256_of(text) + R"(", "size": )" +
                std::to_string(text.size()) + "}}";
  }
  bodies["/api/models/m/revision/main"] =
      R"({"sha": ")" + commit + R"(", "siblings": [)" + siblings + "]}";
  return bodies;
}

class PullTest : public ::testing::Test {
 protected:
  Result<PulledModel> pull() {
    return net::pull("m", {.models = folder_ / "models", .endpoint = server_.url(), .retries = 0},
                     disk_);
  }
  void expect_whole() const {
    for (const auto& [name, text] : kFiles)
      EXPECT_EQ(*base::read_file(folder_ / "models" / "m" / name), text) << name;
  }
  bool is_there() const { return std::filesystem::exists(folder_ / "models" / "m"); }

  testing::TemporaryFolder folder_;
  testing::HttpServer server_{answers("c1")};
  FaultyFileSystem disk_;
};

TEST_F(PullTest, WhatWasPulledOutlastsAPowerCut) {
  const auto pulled = pull();
  ASSERT_TRUE(pulled) << pulled.error().message;
  EXPECT_EQ(pulled->files, kFiles.size());
  EXPECT_EQ(pulled->downloaded, pulled->bytes);
  disk_.lose_power();
  expect_whole();
  EXPECT_TRUE(pull()->was_there);
}

TEST_F(PullTest, AfterAnyFaultOfTheDiskTheNextPullIsWhole) {
  for (const Operation operation : {Operation::create, Operation::write, Operation::sync,
                                    Operation::rename, Operation::sync_directory}) {
    for (std::size_t number = 0;; ++number) {
      std::filesystem::remove_all(folder_ / "models");
      disk_.fail_at(operation, number);
      const auto failed = pull();
      if (failed) break;  // there are no more of these
      EXPECT_EQ(failed.error().code, ErrorCode::io) << failed.error().message;
      disk_.heal();
      disk_.lose_power();
      const auto pulled = pull();
      ASSERT_TRUE(pulled) << pulled.error().message;
      expect_whole();
    }
    EXPECT_GT(disk_.count(operation), 0);
    disk_.heal();
  }
}

TEST_F(PullTest, AFullDiskLeavesNoModel) {
  disk_.fill_after(5000);
  EXPECT_EQ(pull().error().code, ErrorCode::io);
  EXPECT_FALSE(is_there());
  disk_.heal();
  EXPECT_TRUE(pull());
  expect_whole();
}

TEST_F(PullTest, AReplacedModelIsWholeAfterAnyFault) {
  for (const Operation operation : {Operation::rename, Operation::sync_directory, Operation::write})
    for (std::size_t number = 0;; ++number) {
      std::filesystem::remove_all(folder_ / "models");
      disk_.heal();
      ASSERT_TRUE(pull());
      const testing::HttpServer next(answers("c2"));
      const PullOptions options{.models = folder_ / "models", .endpoint = next.url(), .retries = 0};
      disk_.fail_at(operation, number);
      const bool done = net::pull("m", options, disk_).has_value();
      disk_.heal();
      disk_.lose_power();
      const auto pulled = net::pull("m", options, disk_);
      ASSERT_TRUE(pulled) << pulled.error().message;
      EXPECT_EQ(pulled->commit, "c2");
      expect_whole();
      if (done) break;
    }
}

TEST_F(PullTest, ProgressStopsIt) {
  std::uint64_t seen = 0;
  const auto stop = [&](const ProgressReport& report) {
    EXPECT_GE(report.done, seen);
    seen = report.done;
    return report.done < 10'000;
  };
  const auto stopped = net::pull(
      "m", {.models = folder_ / "models", .endpoint = server_.url(), .progress = stop}, disk_);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_FALSE(is_there());
}

}  // namespace
}  // namespace kindred::net
