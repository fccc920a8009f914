#include "words/look_up.h"

#include <string>

#include "words/corpus.h"

namespace kindred::words {

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for_words(line, [&](std::string_view field) { fields.push_back(field); }, [] {});
  return fields;
}

std::optional<std::size_t> look_up(const WordVectors& vectors, std::string_view word,
                                   std::size_t known) {
  auto id = vectors.find(word);
  if (!id || *id >= known) {
    std::string lowered(word);
    for (char& c : lowered)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    id = vectors.find(lowered);
  }
  return id && *id < known ? id : std::nullopt;
}

}  // namespace kindred::words
