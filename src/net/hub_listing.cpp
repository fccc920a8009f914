#include "net/hub_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace kindred::net {
namespace {

using nlohmann::json;

constexpr std::size_t kMostFiles = 100'000;
constexpr std::size_t kLongestName = 512;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.';
}

const std::string* text_of(const json& object, const char* field) {
  const auto found = object.is_object() ? object.find(field) : object.end();
  return object.is_object() && found != object.end() ? found->get_ptr<const std::string*>()
                                                     : nullptr;
}

std::optional<std::uint64_t> size_of(const json& object) {
  const auto found = object.find("size");
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

/// Whether a file of this name stays in the folder that it is put into, beside nothing of ours.
bool is_inside(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return false;
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7F) return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

/// Names of files, but for weights.
constexpr auto kReadFiles = std::to_array<std::string_view>({
    "added_tokens.json",
    "artifact.metadata",
    "config.json",
    "config_sentence_transformers.json",
    "merges.txt",
    "modules.json",
    "sentence_bert_config.json",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
});

/// A form of weights: one file, or shards with their index.
struct WeightForm {
  std::string_view stem;
  std::string_view ending;
  bool sharded;

  bool has(std::string_view name) const {
    if (!name.starts_with(stem)) return false;
    name.remove_prefix(stem.size());
    if (!sharded) return name == ending;
    return (name.starts_with('-') && name.ends_with(ending)) ||
           (name.starts_with(ending) && name.substr(ending.size()) == ".index.json");
  }
};

/// The first form that a folder has is the one that is read.
constexpr std::array kWeightForms = {
    WeightForm{.stem = "model", .ending = ".safetensors", .sharded = false},
    WeightForm{.stem = "model", .ending = ".safetensors", .sharded = true},
    WeightForm{.stem = "pytorch_model", .ending = ".bin", .sharded = false},
    WeightForm{.stem = "pytorch_model", .ending = ".bin", .sharded = true},
};

/// A file's name in two parts; no folder: "".
std::pair<std::string_view, std::string_view> split(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos) return {"", name};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

/// The folder itself, or one of sentence-transformers' modules: a number and its kind.
bool is_module_folder(std::string_view folder) {
  if (folder.empty()) return true;
  const std::size_t digits =
      static_cast<std::size_t>(std::ranges::find_if_not(folder, is_digit) - folder.begin());
  return digits > 0 && digits < folder.size() && folder[digits] == '_' &&
         folder.find('/') == std::string_view::npos;
}

}  // namespace

std::string_view Checksum::name() const { return kind == Kind::sha256 ? "SHA-256" : "git's SHA-1"; }

Digest Checksum::digest(std::uint64_t size) const {
  return kind == Kind::sha256 ? Digest::sha256() : Digest::git_blob(size);
}

std::optional<Checksum> read_checksum(std::string_view hexadecimal) {
  const auto is_hexadecimal = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  if (!std::ranges::all_of(hexadecimal, is_hexadecimal)) return std::nullopt;
  if (hexadecimal.size() == 64)
    return Checksum{.kind = Checksum::Kind::sha256, .hexadecimal = std::string(hexadecimal)};
  if (hexadecimal.size() == 40)
    return Checksum{.kind = Checksum::Kind::git_blob, .hexadecimal = std::string(hexadecimal)};
  return std::nullopt;
}

Result<HubListing> parse_listing(std::string_view text, std::string_view what) {
  const auto wrong = [&](std::string_view problem) {
    return fail(ErrorCode::corrupt, fmt::format("{}: the hub's answer {}", what, problem));
  };
  const json answer = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const std::string* commit = text_of(answer, "sha");
  if (commit == nullptr || commit->empty() || !std::ranges::all_of(*commit, is_name_character))
    return wrong("has no commit (\"sha\")");
  const auto siblings = answer.find("siblings");
  if (siblings == answer.end() || !siblings->is_array())
    return wrong("has no list of files (\"siblings\")");
  if (siblings->size() > kMostFiles)
    return wrong(fmt::format("lists more than {} files", kMostFiles));
  HubListing listing{.commit = *commit, .files = {}};
  std::set<std::string_view> names;
  for (const json& sibling : *siblings) {
    const std::string* name = text_of(sibling, "rfilename");
    if (name == nullptr) return wrong("lists a file without a name (\"rfilename\")");
    if (!is_inside(*name))
      return wrong(fmt::format("lists a file that isn't inside the folder: {}",
                               json(*name).dump(-1, ' ', true, json::error_handler_t::replace)));
    if (!names.insert(*name).second) return wrong(fmt::format("lists {} twice", *name));
    HubFile file{.name = *name, .size = size_of(sibling), .checksum = {}};
    if (const std::string* blob = text_of(sibling, "blobId")) file.checksum = read_checksum(*blob);
    if (const auto large = sibling.find("lfs"); large != sibling.end() && large->is_object()) {
      if (const auto size = size_of(*large)) file.size = size;
      const std::string* sum = text_of(*large, "sha256");
      file.checksum = sum == nullptr ? std::nullopt : read_checksum(*sum);
    }
    listing.files.push_back(std::move(file));
  }
  return listing;
}

Result<std::vector<HubFile>> choose_files(const HubListing& listing, std::string_view what) {
  std::map<std::string_view, const WeightForm*> form_of;  // of a folder's weights
  for (const WeightForm& form : kWeightForms)
    for (const HubFile& file : listing.files)
      if (const auto [folder, name] = split(file.name); is_module_folder(folder) && form.has(name))
        form_of.emplace(folder, &form);
  const auto is_read = [&](const HubFile& file) {
    const auto [folder, name] = split(file.name);
    if (!is_module_folder(folder)) return false;
    const auto form = form_of.find(folder);
    return (form != form_of.end() && form->second->has(name)) ||
           std::ranges::find(kReadFiles, name) != kReadFiles.end();
  };
  std::vector<HubFile> chosen;
  std::ranges::copy_if(listing.files, std::back_inserter(chosen), is_read);
  if (!form_of.empty()) return chosen;
  return fail(ErrorCode::unsupported,
              fmt::format("{}: has no weights of the kinds that are pulled (model.safetensors, "
                          "pytorch_model.bin, or shards of them)",
                          what));
}

Result<std::vector<HubFile>> choose_file(const HubListing& listing, std::string_view name,
                                         std::string_view what) {
  const auto found = std::ranges::find(listing.files, name, &HubFile::name);
  if (found != listing.files.end()) return std::vector{*found};
  const std::string ending = std::filesystem::path(name).extension().string();
  std::string others;
  for (const HubFile& file : listing.files)
    if (file.name.ends_with(ending))
      others += fmt::format("{}{}", others.empty() ? "" : ", ", file.name);
  return fail(ErrorCode::not_found, fmt::format("{}: has no file \"{}\"; it has: {}", what, name,
                                                others.empty() ? "none of that ending" : others));
}

bool is_model_name(std::string_view name) {
  const std::size_t slash = name.find('/');
  const auto is_part = [](std::string_view part) {
    return !part.empty() && part.size() <= 96 && std::ranges::all_of(part, is_name_character) &&
           part.front() != '.' && part.front() != '-' && part.back() != '.' && part.back() != '-' &&
           part.find("..") == std::string_view::npos;
  };
  if (slash == std::string_view::npos) return is_part(name);
  return is_part(name.substr(0, slash)) && is_part(name.substr(slash + 1));
}

}  // namespace kindred::net
