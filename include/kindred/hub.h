/// Models from a hub: the Hugging Face Hub, or any server that speaks its protocol.
///
/// pull_model() brings the files that Kindred reads into a folder, checked against the hub's
/// checksums (SHA-256 of large files, git's SHA-1 of small ones). The folder stands under its name
/// only when it is whole: files arrive beside it, in `.NAME.pull`, where a pull that was cut off
/// goes on. `kindred_pull.json` in the folder says what was pulled from where.
///
/// Thread safety: every function; a second pull of the same model into the same folder, by any
/// program, is refused while the first is under way.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"

namespace kindred {

struct PullOptions {
  std::filesystem::path models;   ///< the model's folder becomes models / NAME
  std::string revision = "main";  ///< a branch, a tag or a commit
  /// One file of the model instead of what makes a folder: a GGUF file.
  std::string file = {};
  std::string endpoint = "https://huggingface.co";
  /// Sent to the endpoint over TLS, or to this machine, and to nobody else; empty: none.
  std::string token = {};
  bool offline = false;  ///< ask no server: what is there is the answer
  /// How long a server may send nothing.
  std::chrono::seconds stall = std::chrono::seconds(30);
  /// How often something that may pass (a cut connection, 429, 5xx) is tried again before bytes
  /// arrive; the first pause is a second, each further one twice as long, or as long as the server
  /// asks for, up to a minute.
  std::size_t retries = 5;
  Progress progress;  ///< units are bytes
};

struct PulledModel {
  std::filesystem::path folder;
  std::string commit;
  std::size_t files = 0;
  std::uint64_t bytes = 0;       ///< of all files
  std::uint64_t downloaded = 0;  ///< of those, what came over the network now
  bool was_there = false;        ///< nothing had to be done
};

/// Fails with ErrorCode::not_found (no such model, revision, or right to it), invalid_argument (a
/// name that is none), io (the network, the disk), corrupt (bytes that don't have their checksum),
/// conflict (another pull, or a folder that no pull made), unsupported (no weights that we read),
/// cancelled. What arrived before is kept for the next pull, unless it was wrong.
Result<PulledModel> pull_model(std::string_view name, const PullOptions& options);

struct InstalledModel {
  std::string name;    ///< as commands take it
  std::string family;  ///< config.json's model_type; "gguf"; empty where it has none
  std::uint64_t bytes = 0;
  std::string revision;  ///< of a pulled one; else empty
  std::string commit;
};

/// The models in a folder, by their names: folders with a config.json, a modules.json or one GGUF
/// file, directly in it or in one of its folders. No such folder: none.
Result<std::vector<InstalledModel>> installed_models(const std::filesystem::path& models);

}  // namespace kindred
