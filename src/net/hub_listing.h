/// What a hub says of a model: its files at one commit, and which of them Kindred reads.
///
/// The Hugging Face Hub's protocol: GET /api/models/NAME/revision/REVISION?blobs=true gives an
/// object with `sha`, the commit, and `siblings`, the files. A large file (`lfs`) has its SHA-256
/// there, a small one the name that git has for it (`blobId`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"
#include "net/digest.h"

namespace kindred::net {

/// What a file's bytes must sum to.
struct Checksum {
  enum class Kind : std::uint8_t { sha256, git_blob };
  Kind kind = Kind::sha256;
  std::string hexadecimal;  ///< lower case

  /// "SHA-256" or "git's SHA-1".
  std::string_view name() const;
  Digest digest(std::uint64_t size) const;
  bool operator==(const Checksum&) const = default;
};

/// 64 digits are a SHA-256, 40 are git's; anything else is none.
std::optional<Checksum> read_checksum(std::string_view hexadecimal);

struct HubFile {
  std::string name;  ///< a path inside the model's folder, with forward slashes
  std::optional<std::uint64_t> size;
  std::optional<Checksum> checksum;
};

struct HubListing {
  std::string commit;
  std::vector<HubFile> files;
};

/// `what` begins an error. A file whose name could lead out of a folder is an error; so are more
/// than 100,000 files.
Result<HubListing> parse_listing(std::string_view text, std::string_view what);

/// Of the files, those that Kindred reads: configurations, tokenizers, weights (safetensors where
/// there are any, else those of PyTorch), and the same in the folders of sentence-transformers'
/// modules ("1_Pooling"). No weights among them: an error that says so.
Result<std::vector<HubFile>> choose_files(const HubListing& listing, std::string_view what);

/// The one file of this name. One that the listing doesn't have is an error that lists those of its
/// ending.
Result<std::vector<HubFile>> choose_file(const HubListing& listing, std::string_view name,
                                         std::string_view what);

/// "name" or "organisation/name" as hubs have them: letters, digits, "-", "_" and ".", not two dots
/// side by side.
bool is_model_name(std::string_view name);

}  // namespace kindred::net
