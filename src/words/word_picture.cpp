// A picture of words: their two largest principal components, as SVG.
//
// Labels are placed one after the other, each at the first of a few places around its point that
// lies over no label and no point; the places go around the point in wider and wider rings. A label
// that came to lie apart from its point has a thin line to it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "files/excerpt.h"
#include "kindred/word_vectors.h"
#include "math/principal_components.h"
#include "simd/normalize.h"

namespace kindred {
namespace {

constexpr double kWidth = 1000;
constexpr double kHeight = 750;
constexpr double kMargin = 70;
constexpr double kFont = 14;
constexpr double kPoint = 3;  // radius
constexpr std::size_t kMostWords = 2'000;
constexpr int kDirections = 8;
constexpr int kRings = 12;

struct Place {
  double x = 0;
  double y = 0;
};

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// Letters of UTF-8 text: bytes that continue none.
double letters_of(std::string_view text) {
  return static_cast<double>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Text as XML has it; bytes that are no UTF-8 or no character of XML become a question mark.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t size = 1;
    if (lead >= 0xC2 && lead < 0xE0) size = 2;
    if (lead >= 0xE0 && lead < 0xF0) size = 3;
    if (lead >= 0xF0 && lead < 0xF5) size = 4;
    bool whole = i + size <= text.size() && (lead < 0x80 || size > 1);
    for (std::size_t k = 1; whole && k < size; ++k)
      whole = (static_cast<unsigned char>(text[i + k]) & 0xC0U) == 0x80U;
    const bool surrogate =
        lead == 0xED && size == 3 && whole && static_cast<unsigned char>(text[i + 1]) >= 0xA0;
    if (!whole || surrogate || lead < 0x20 || lead == 0x7F) {
      out += '?';
      i += whole ? size : 1;
      continue;
    }
    if (lead == '<')
      out += "&lt;";
    else if (lead == '>')
      out += "&gt;";
    else if (lead == '&')
      out += "&amp;";
    else
      out += text.substr(i, size);
    i += size;
  }
  return out;
}

/// Where words and arrows' ends are drawn, each word once.
class Picture {
 public:
  Picture(std::vector<std::string_view> words, const Matrix& along) : words_(std::move(words)) {
    Place least{along.row(0)[0], along.row(0)[1]};
    Place most = least;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      least = {std::min<double>(least.x, along.row(i)[0]),
               std::min<double>(least.y, along.row(i)[1])};
      most = {std::max<double>(most.x, along.row(i)[0]), std::max<double>(most.y, along.row(i)[1])};
    }
    // One scale for both: arrows of one analogy are parallel in the picture as in the vectors.
    const double scale = std::min((kWidth - 2 * kMargin) / std::max(most.x - least.x, 1e-9),
                                  (kHeight - 2 * kMargin) / std::max(most.y - least.y, 1e-9));
    for (std::size_t i = 0; i < words_.size(); ++i)
      places_.push_back({kWidth / 2 + scale * (along.row(i)[0] - (least.x + most.x) / 2),
                         kHeight / 2 - scale * (along.row(i)[1] - (least.y + most.y) / 2)});
    for (const Place& place : places_) taken_.push_back(box_around(place, kPoint + 1));
  }

  std::string drawn(const std::vector<std::pair<std::size_t, std::size_t>>& arrows,
                    const std::vector<float>& shares) {
    fmt::format_to(
        std::back_inserter(svg_),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
        "font-family=\"sans-serif\" font-size=\"{}\">\n"
        "<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"10\" refY=\"5\" markerWidth=\"8\" "
        "markerHeight=\"8\" orient=\"auto\"><path d=\"M0 1 L10 5 L0 9 Z\" "
        "fill=\"#888\"/></marker></defs>\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
        "<text x=\"10\" y=\"{}\" fill=\"#777\" font-size=\"11\">principal components 1 and 2, "
        "{:.0f} % and {:.0f} % of the variance</text>\n",
        kWidth, kHeight, kFont, kHeight - 10, 100 * shares[0], 100 * shares[1]);
    for (const auto& [from, to] : arrows) draw_arrow(places_[from], places_[to]);
    for (std::size_t i = 0; i < words_.size(); ++i) draw_word(i);
    return svg_ + "</svg>\n";
  }

 private:
  static Box box_around(Place middle, double reach) {
    return {middle.x - reach, middle.y - reach, middle.x + reach, middle.y + reach};
  }

  void draw_arrow(Place from, Place to) {
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    if (length < 4 * kPoint) return;
    const double gap = (kPoint + 2) / length;  // the point itself stays in sight
    fmt::format_to(std::back_inserter(svg_),
                   "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#888\" "
                   "marker-end=\"url(#head)\"/>\n",
                   from.x + gap * (to.x - from.x), from.y + gap * (to.y - from.y),
                   to.x - gap * (to.x - from.x), to.y - gap * (to.y - from.y));
  }

  /// The first box for a label that meets nothing; the last one tried, where all do.
  Box free_box(Place point, double width) const {
    Box box;
    for (int ring = 0; ring < kRings; ++ring)
      for (int direction = 0; direction < kDirections; ++direction) {
        const double angle = 2 * std::numbers::pi * direction / kDirections;
        const double reach = kPoint + 3 + ring * kFont;
        const double x = point.x + std::cos(angle) * (reach + width / 2);
        const double y = point.y - std::sin(angle) * (reach + kFont / 2);
        box = {x - width / 2, y - kFont / 2, x + width / 2, y + kFont / 2};
        const bool inside =
            box.left >= 0 && box.top >= 0 && box.right <= kWidth && box.bottom <= kHeight - kFont;
        if (inside &&
            std::ranges::none_of(taken_, [&](const Box& other) { return box.meets(other); }))
          return box;
      }
    return box;
  }

  void draw_word(std::size_t i) {
    constexpr double kLetter = 0.62 * kFont;  // a letter's width, about
    const Place point = places_[i];
    const Box box = free_box(point, kLetter * letters_of(words_[i]));
    taken_.push_back(box);
    const Place middle{(box.left + box.right) / 2, (box.top + box.bottom) / 2};
    const double apart = std::max(
        {box.left - point.x, point.x - box.right, box.top - point.y, point.y - box.bottom});
    if (apart > kFont)
      fmt::format_to(std::back_inserter(svg_),
                     "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" "
                     "stroke=\"#ccc\" stroke-width=\"0.7\"/>\n",
                     point.x, point.y, std::clamp(point.x, box.left, box.right),
                     std::clamp(point.y, box.top, box.bottom));
    fmt::format_to(std::back_inserter(svg_),
                   "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"#26c\"/>\n"
                   "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" "
                   "dominant-baseline=\"central\">{}</text>\n",
                   point.x, point.y, kPoint, middle.x, middle.y, escaped(words_[i]));
  }

  std::vector<std::string_view> words_;
  std::vector<Place> places_;
  std::vector<Box> taken_;
  std::string svg_;
};

}  // namespace

Result<void> draw_words(const WordVectors& vectors, const WordPicture& picture,
                        const std::filesystem::path& path) {
  std::vector<std::string_view> words;
  const auto place_of = [&](std::string_view word) {
    const auto found = std::ranges::find(words, word);
    const auto place = static_cast<std::size_t>(found - words.begin());
    if (found == words.end()) words.push_back(word);
    return place;
  };
  std::vector<std::pair<std::size_t, std::size_t>> arrows;
  for (const auto& [from, to] : picture.arrows) {
    const std::size_t begin = place_of(from);
    arrows.emplace_back(begin, place_of(to));
  }
  for (const std::string_view word : picture.words) place_of(word);
  if (words.size() < 2 || words.size() > kMostWords)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} words, 2 to {} can be drawn", words.size(), kMostWords));
  Matrix rows(words.size(), vectors.dimensions());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto vector = vectors.vector_of(words[i]);
    if (!vector)
      return fail(ErrorCode::not_found,
                  fmt::format("there is no vector of \"{}\"", files::excerpt(words[i])));
    std::ranges::copy(*vector, rows.row(i).begin());
    simd::normalize(rows.row(i));
  }
  const auto components = math::principal_components(rows, 2);
  Picture drawing(std::move(words), components.rows);
  const std::string svg = drawing.drawn(arrows, components.shares);
  return base::write_atomically(base::real_file_system(), path,
                                [&](base::WritableFile& file) { return file.write(svg); });
}

}  // namespace kindred
