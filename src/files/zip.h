/// The entries of a zip archive that stores them as they are, without compression: PyTorch's kind.
///
/// An archive ends with a directory: for each entry its name, size and the place of its header,
/// after which its bytes lie. We read the directory alone (APPNOTE.TXT of PKWARE, sections 4.3.7 to
/// 4.3.16, with the 64-bit fields of large archives) and hand out the bytes where they are, so that
/// a mapped archive costs no copy.
///
/// A compressed or encrypted entry, an archive of several disks, two entries of one name, and
/// places or sizes beyond the file are errors. Checksums are not verified: that would read every
/// byte.
///
/// Cost: linear in the directory.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::files {

using ZipEntries = std::map<std::string, std::span<const std::byte>, std::less<>>;

/// Whether the bytes begin as an archive of at least one entry does.
bool looks_like_zip(std::span<const std::byte> file);

/// `file` stays with the caller, entries lie in it. `name` is the file's, for messages.
Result<ZipEntries> parse_zip(std::span<const std::byte> file, std::string_view name);

}  // namespace kindred::files
