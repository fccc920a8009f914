// A zip archive of entries that are stored as they are.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace kindred::testing {

inline std::string stored_archive(const std::vector<std::pair<std::string, std::string>>& entries) {
  const auto number = [](auto value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  };
  const auto u16 = [&](std::size_t value) { return number(static_cast<std::uint16_t>(value)); };
  const auto u32 = [&](std::size_t value) { return number(static_cast<std::uint32_t>(value)); };
  std::string archive;
  std::string directory;
  for (const auto& [name, bytes] : entries) {
    const std::size_t at = archive.size();
    const std::string sizes =
        u32(0) + u32(bytes.size()) + u32(bytes.size()) + u16(name.size()) + u16(0);
    archive += u32(0x04034b50) + u16(20) + u16(0) + u16(0) + u32(0) + sizes + name + bytes;
    directory += u32(0x02014b50) + u16(20) + u16(20) + u16(0) + u16(0) + u32(0) + sizes + u16(0) +
                 u16(0) + u16(0) + u32(0) + u32(at) + name;
  }
  const std::size_t begin = archive.size();
  archive += directory;
  archive += u32(0x06054b50) + u16(0) + u16(0) + u16(entries.size()) + u16(entries.size()) +
             u32(directory.size()) + u32(begin) + u16(0);
  return archive;
}

}  // namespace kindred::testing
