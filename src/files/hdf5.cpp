#include "files/hdf5.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "files/excerpt.h"
#include "files/hdf5_objects.h"

namespace kindred::files {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostObjects = 100'000;
/// Deflate makes of a byte 1032 at most (RFC 1951: a match of 258 bytes in 2 bits).
constexpr std::uint64_t kLargestRatio = 1032;
constexpr std::array<char, 8> kSignature = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};

/// Inflates to exactly out.size() bytes.
bool inflate_all(std::span<const std::byte> packed, std::span<std::byte> out) {
  uLongf size = out.size();
  uLong taken = packed.size();
  return uncompress2(reinterpret_cast<Bytef*>(out.data()), &size,
                     reinterpret_cast<const Bytef*>(packed.data()), &taken) == Z_OK &&
         size == out.size();
}

/// The bytes of values that were put together by their place in a value: all first ones, all second
/// ones, ...
void unshuffle(std::span<const std::byte> from, std::size_t value_bytes, std::span<std::byte> to) {
  const std::size_t values = from.size() / value_bytes;
  for (std::size_t byte = 0; byte < value_bytes; ++byte)
    for (std::size_t i = 0; i < values; ++i) to[i * value_bytes + byte] = from[byte * values + i];
}

void reverse_values(std::span<std::byte> bytes, std::size_t value_bytes) {
  for (std::size_t at = 0; at + value_bytes <= bytes.size(); at += value_bytes)
    std::ranges::reverse(bytes.subspan(at, value_bytes));
}

}  // namespace

/// Walks the groups of a file.
class Hdf5::Reader {
 public:
  Reader(std::span<const std::byte> bytes, std::string_view name, Hdf5& out)
      : file_(bytes, name),
        budget_(kLargestRatio * std::max<std::size_t>(bytes.size(), 1)),
        out_(out) {}

  Result<void> read() {
    constexpr std::size_t kSuperblock = 24;
    Hdf5Cursor cursor(file_, KINDRED_TRY(file_.at(0, std::min(file_.size(), kSuperblock + 80))));
    const auto signature = KINDRED_TRY(cursor.take(kSignature.size()));
    if (std::memcmp(signature.data(), kSignature.data(), kSignature.size()) != 0)
      return file_.corrupt("doesn't begin like an HDF5 file");
    const auto version = KINDRED_TRY(cursor.number(1));
    if (version > 1) return file_.unsupported(fmt::format("a superblock of version {}", version));
    KINDRED_TRY(cursor.take(4));
    if (KINDRED_TRY(cursor.number(1)) != 8 || KINDRED_TRY(cursor.number(1)) != 8)
      return file_.unsupported("addresses that aren't of 8 bytes");
    KINDRED_TRY(cursor.take(version == 0 ? 9 : 13));
    if (KINDRED_TRY(cursor.number(8)) != 0)
      return file_.unsupported("a beginning that isn't that of the file");
    KINDRED_TRY(cursor.take(8));
    const auto end = KINDRED_TRY(cursor.number(8));
    if (end > file_.size())
      return file_.corrupt(fmt::format("is cut off: it has {} of {} bytes", file_.size(), end));
    KINDRED_TRY(cursor.take(16));
    const auto root = KINDRED_TRY(cursor.number(8));
    KINDRED_TRY(read_object(root, "", 0));
    std::ranges::sort(out_.tensors_, {}, &StoredTensor::name);
    const auto twice = std::ranges::adjacent_find(out_.tensors_, {}, &StoredTensor::name);
    if (twice != out_.tensors_.end())
      return file_.corrupt(fmt::format("\"{}\" stands twice", excerpt(twice->name)));
    return {};
  }

 private:
  Result<void> read_object(std::uint64_t address, const std::string& name, std::size_t depth) {
    if (depth > kDeepest)
      return file_.corrupt(fmt::format("has groups more than {} deep", kDeepest));
    if (++objects_ > kMostObjects)
      return file_.corrupt(fmt::format("has more than {} objects", kMostObjects));
    const Hdf5Object object = KINDRED_TRY(read_hdf5_object(file_, address));
    if (object.group) return read_group(*object.group, name, depth);
    if (!object.number) return {};
    if (!object.problem.empty())
      return fail(ErrorCode::unsupported,
                  fmt::format("{}: \"{}\" {}", file_.name(), excerpt(name), object.problem));
    if (!object.shape || !object.layout)
      return file_.corrupt(fmt::format("\"{}\" has no shape or no values", excerpt(name)));
    return read_array(object, name);
  }

  /// A node of a B-tree: its level, and where its children begin.
  struct Node {
    std::uint64_t level;
    std::uint64_t children;
    Hdf5Cursor content;
  };

  /// The node at an address, of a kind (0: of groups, 1: of chunks), with entries of key_bytes and
  /// an address; below a node of level `above`.
  Result<Node> read_node(std::uint64_t address, std::uint64_t kind, std::size_t key_bytes,
                         std::uint64_t above) {
    constexpr std::size_t kHead = 24;
    Hdf5Cursor head(file_, KINDRED_TRY(file_.at(address, kHead)));
    const auto signature = KINDRED_TRY(head.take(4));
    const auto found_kind = KINDRED_TRY(head.number(1));
    const auto level = KINDRED_TRY(head.number(1));
    const auto children = KINDRED_TRY(head.number(2));
    if (std::memcmp(signature.data(), "TREE", 4) != 0 || found_kind != kind || level >= above)
      return file_.corrupt(fmt::format("has no tree at {}", address));
    const auto content =
        KINDRED_TRY(file_.at(address + kHead, children * (key_bytes + 8) + key_bytes));
    return Node{level, children, Hdf5Cursor(file_, content)};
  }

  Result<void> read_group(const Hdf5Group& group, const std::string& name, std::size_t depth) {
    constexpr std::size_t kHead = 32;
    Hdf5Cursor head(file_, KINDRED_TRY(file_.at(group.heap, kHead)));
    const auto signature = KINDRED_TRY(head.take(4));
    if (std::memcmp(signature.data(), "HEAP", 4) != 0)
      return file_.corrupt(fmt::format("has no names at {}", group.heap));
    KINDRED_TRY(head.take(4));
    const auto size = KINDRED_TRY(head.number(8));
    KINDRED_TRY(head.number(8));
    const auto place = KINDRED_TRY(head.number(8));
    const auto names = KINDRED_TRY(file_.at(place, size));
    constexpr std::uint64_t kHighest = 256;  // above every level
    return read_members(group.tree, kHighest, names, name, depth);
  }

  Result<void> read_members(std::uint64_t tree, std::uint64_t above,
                            std::span<const std::byte> names, const std::string& name,
                            std::size_t depth) {
    Node node = KINDRED_TRY(read_node(tree, 0, 8, above));
    for (std::uint64_t i = 0; i < node.children; ++i) {
      KINDRED_TRY(node.content.number(8));  // a key
      const auto child = KINDRED_TRY(node.content.number(8));
      if (++nodes_ > kMostObjects) return file_.corrupt("has too many parts of groups");
      if (node.level > 0)
        KINDRED_TRY(read_members(child, node.level, names, name, depth));
      else
        KINDRED_TRY(read_symbols(child, names, name, depth));
    }
    return {};
  }

  Result<void> read_symbols(std::uint64_t address, std::span<const std::byte> names,
                            const std::string& name, std::size_t depth) {
    constexpr std::size_t kHead = 8;
    constexpr std::size_t kEntry = 40;
    Hdf5Cursor head(file_, KINDRED_TRY(file_.at(address, kHead)));
    const auto signature = KINDRED_TRY(head.take(4));
    if (std::memcmp(signature.data(), "SNOD", 4) != 0)
      return file_.corrupt(fmt::format("has no members of a group at {}", address));
    KINDRED_TRY(head.take(2));
    const auto count = KINDRED_TRY(head.number(2));
    Hdf5Cursor entries(file_, KINDRED_TRY(file_.at(address + kHead, count * kEntry)));
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto offset = KINDRED_TRY(entries.number(8));
      const auto object = KINDRED_TRY(entries.number(8));
      const auto cached = KINDRED_TRY(entries.number(4));
      KINDRED_TRY(entries.take(20));
      const std::string own = KINDRED_TRY(name_at(names, offset));
      const std::string full = name.empty() ? own : fmt::format("{}/{}", name, own);
      constexpr std::uint64_t kSoftLink = 2;
      if (cached == kSoftLink || object == kHdf5Nowhere)
        return fail(ErrorCode::unsupported, fmt::format("{}: \"{}\" is a link to another place",
                                                        file_.name(), excerpt(full)));
      KINDRED_TRY(read_object(object, full, depth + 1));
    }
    return {};
  }

  Result<std::string> name_at(std::span<const std::byte> names, std::uint64_t offset) const {
    constexpr std::size_t kLongest = 4096;
    if (offset >= names.size()) return file_.corrupt("a member has no name");
    const auto rest = names.subspan(offset, std::min(names.size() - offset, kLongest));
    const auto end = std::ranges::find(rest, std::byte{0});
    if (end == rest.end() || end == rest.begin()) return file_.corrupt("a member has no name");
    return std::string(reinterpret_cast<const char*>(rest.data()),
                       static_cast<std::size_t>(end - rest.begin()));
  }

  Result<void> read_array(const Hdf5Object& object, const std::string& name) {
    StoredTensor tensor{.name = name, .type = object.number->type, .shape = *object.shape};
    const auto needed = bytes_of(tensor.shape, tensor.type);
    const auto promise = [&] {
      return file_.corrupt(
          fmt::format("\"{}\" promises more values than the file holds", excerpt(name)));
    };
    if (!needed) return promise();
    const Hdf5Layout& layout = *object.layout;
    if (layout.kind == Hdf5Layout::Kind::chunked) {
      if (*needed > budget_) return promise();
      budget_ -= *needed;
      auto& values = out_.copied_.emplace_back(*needed);
      if (*needed > 0) KINDRED_TRY(read_chunks(object, name, values));
      tensor.bytes = values;
    } else {
      if (!object.filters.empty())
        return file_.corrupt(fmt::format("\"{}\" is packed, and not in chunks", excerpt(name)));
      const bool compact = layout.kind == Hdf5Layout::Kind::compact;
      if (*needed > (compact ? layout.values.size() : layout.size)) return promise();
      if (*needed > 0)
        tensor.bytes =
            compact ? layout.values.first(*needed) : KINDRED_TRY(file_.at(layout.address, *needed));
    }
    if (object.number->big_endian) {
      if (layout.kind != Hdf5Layout::Kind::chunked) {
        if (*needed > budget_) return promise();
        budget_ -= *needed;
        tensor.bytes = out_.copied_.emplace_back(tensor.bytes.begin(), tensor.bytes.end());
      }
      reverse_values(out_.copied_.back(), bytes_of(tensor.type));
    }
    out_.tensors_.push_back(std::move(tensor));
    return {};
  }

  /// An array of chunks while it is put together.
  struct Chunks {
    const Hdf5Object& object;
    const std::string& name;
    std::span<std::byte> values;
    std::size_t value_bytes;
    std::size_t chunk_bytes;
    std::uint64_t most;      // chunks that it is made of
    std::uint64_t seen = 0;  // of those, and nodes of their tree
  };

  Result<void> read_chunks(const Hdf5Object& object, const std::string& name,
                           std::span<std::byte> values) {
    const auto& shape = *object.shape;
    const auto& chunk = object.layout->chunk;
    if (chunk.size() != shape.size() || shape.empty())
      return file_.corrupt(fmt::format("\"{}\" has chunks of another shape", excerpt(name)));
    Chunks chunks{.object = object,
                  .name = name,
                  .values = values,
                  .value_bytes = bytes_of(object.number->type),
                  .chunk_bytes = 0,
                  .most = 1};
    const std::vector<std::size_t> chunk_shape(chunk.begin(), chunk.end());
    const auto size = bytes_of(chunk_shape, object.number->type);
    // (A chunk may be larger than a small array.)
    constexpr std::size_t kLargestSpare = std::size_t{1} << 26;
    if (!size || (*size > values.size() && *size > kLargestSpare))
      return file_.corrupt(fmt::format("\"{}\" has chunks larger than itself", excerpt(name)));
    chunks.chunk_bytes = *size;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      chunks.most *= (shape[axis] + chunk[axis] - 1) / chunk[axis];
    if (object.layout->address == kHdf5Nowhere)
      return file_.corrupt(
          fmt::format("\"{}\" promises more values than the file holds", excerpt(name)));
    constexpr std::uint64_t kHighest = 256;
    KINDRED_TRY(read_chunk_tree(object.layout->address, kHighest, chunks));
    return {};
  }

  Result<void> read_chunk_tree(std::uint64_t address, std::uint64_t above, Chunks& chunks) {
    const std::size_t axes = chunks.object.shape->size();
    Node node = KINDRED_TRY(read_node(address, 1, 8 + 8 * (axes + 1), above));
    for (std::uint64_t i = 0; i < node.children; ++i) {
      const auto size = KINDRED_TRY(node.content.number(4));
      const auto skipped = KINDRED_TRY(node.content.number(4));
      std::vector<std::uint64_t> place(axes);
      for (std::uint64_t& of_axis : place) of_axis = KINDRED_TRY(node.content.number(8));
      KINDRED_TRY(node.content.number(8));
      const auto child = KINDRED_TRY(node.content.number(8));
      // A tree of one child a level has twice as many nodes at most, for each of its levels.
      if (++chunks.seen > 256 * chunks.most)
        return file_.corrupt(fmt::format("\"{}\" has too many chunks", excerpt(chunks.name)));
      if (node.level > 0) {
        KINDRED_TRY(read_chunk_tree(child, node.level, chunks));
      } else {
        if (skipped != 0) return file_.unsupported("chunks that skip a filter");
        const auto packed = KINDRED_TRY(file_.at(child, size));
        KINDRED_TRY(place_chunk(packed, place, chunks));
      }
    }
    return {};
  }

  /// A chunk's values as they were before they were packed.
  Result<std::vector<std::byte>> unpacked(std::span<const std::byte> packed, const Chunks& chunks) {
    std::vector<std::byte> bytes(packed.begin(), packed.end());
    for (std::size_t i = chunks.object.filters.size(); i-- > 0;) {
      std::vector<std::byte> out(chunks.chunk_bytes);
      const bool deflated = chunks.object.filters[i] == Hdf5Filter::deflate;
      if (deflated ? !inflate_all(bytes, out) : bytes.size() != out.size())
        return file_.corrupt(fmt::format("\"{}\" has a damaged chunk", excerpt(chunks.name)));
      if (!deflated) unshuffle(bytes, chunks.value_bytes, out);
      bytes = std::move(out);
    }
    if (bytes.size() != chunks.chunk_bytes)
      return file_.corrupt(fmt::format("\"{}\" has a damaged chunk", excerpt(chunks.name)));
    return bytes;
  }

  /// Copies what of a chunk lies within the array, run by run along the last axis.
  Result<void> place_chunk(std::span<const std::byte> packed, std::vector<std::uint64_t> place,
                           const Chunks& chunks) {
    const auto& shape = *chunks.object.shape;
    const auto& chunk = chunks.object.layout->chunk;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      if (place[axis] >= shape[axis] || place[axis] % chunk[axis] != 0)
        return file_.corrupt(fmt::format("\"{}\" has a chunk beside it", excerpt(chunks.name)));
    const auto bytes = KINDRED_TRY(unpacked(packed, chunks));
    const std::size_t last = shape.size() - 1;
    const std::size_t run =
        std::min<std::uint64_t>(chunk[last], shape[last] - place[last]) * chunks.value_bytes;
    std::vector<std::uint64_t> at(shape.size(), 0);  // within the chunk
    for (std::size_t from = 0; from < bytes.size(); from += chunk[last] * chunks.value_bytes) {
      bool inside = true;
      std::size_t to = 0;
      for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        inside = inside && place[axis] + at[axis] < shape[axis];
        to = to * shape[axis] + place[axis] + at[axis];
      }
      if (inside)
        std::ranges::copy(
            std::span(bytes).subspan(from, run),
            chunks.values.begin() + static_cast<std::ptrdiff_t>(to * chunks.value_bytes));
      for (std::size_t axis = last; axis-- > 0;) {  // the next run
        if (++at[axis] < chunk[axis]) break;
        at[axis] = 0;
      }
    }
    return {};
  }

  Hdf5Bytes file_;
  std::uint64_t budget_;  // bytes that may still be copied
  Hdf5& out_;
  std::size_t objects_ = 0;
  std::size_t nodes_ = 0;
};

Result<Hdf5> Hdf5::open(const std::filesystem::path& path) {
  auto file = KINDRED_TRY(base::MappedFile::open(path));
  Hdf5 hdf5 = KINDRED_TRY(parse(file.bytes(), path.string()));
  hdf5.file_ = std::move(file);  // which keeps its place
  return hdf5;
}

Result<Hdf5> Hdf5::parse(std::span<const std::byte> file, std::string_view name) {
  Hdf5 hdf5;
  hdf5.bytes_ = file;
  KINDRED_TRY(Reader(file, name, hdf5).read());
  return hdf5;
}

}  // namespace kindred::files
