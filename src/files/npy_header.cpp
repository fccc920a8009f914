#include "files/npy_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "files/excerpt.h"

namespace kindred::files {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;  // of the values in the file
constexpr std::size_t kMaximumAxes = 64;

/// Reads the dictionary from left to right. Every function skips blanks before what it reads and
/// returns false where the text is something else.
class Literals {
 public:
  explicit Literals(std::string_view text) : text_(text) {}

  bool symbol(char wanted) {
    skip_blanks();
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool word(std::string_view wanted) {
    skip_blanks();
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }

  /// A string in single or double quotes. No header needs an escape in it.
  bool string(std::string_view& value) {
    skip_blanks();
    if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) return false;
    const std::size_t end = text_.find(text_.front(), 1);
    if (end == std::string_view::npos) return false;
    value = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return value.find('\\') == std::string_view::npos;
  }

  bool boolean(bool& value) {
    value = word("True");
    return value || word("False");
  }

  /// `(10, 384)`, `(10,)`, `()`; NumPy of Python 2 wrote `10L`.
  bool tuple(std::vector<std::size_t>& values) {
    if (!symbol('(')) return false;
    while (!symbol(')')) {
      skip_blanks();
      std::size_t value = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
      if (error != std::errc{} || values.size() == kMaximumAxes) return false;
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      if (!text_.empty() && text_.front() == 'L') text_.remove_prefix(1);
      values.push_back(value);
      if (symbol(',')) continue;
      return values.size() > 1 && symbol(')');  // `(10)` is a number, not a tuple
    }
    return true;
  }

  bool at_end() {
    skip_blanks();
    return text_.empty();
  }

  std::string_view rest() const { return text_; }

 private:
  void skip_blanks() {
    const std::size_t blanks = std::min(text_.find_first_not_of(" \t\r\n"), text_.size());
    text_.remove_prefix(blanks);
  }

  std::string_view text_;
};

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

/// `descr` is byte order, letter, bytes a value: "<f4", ">i8", "|u1".
Result<void> parse_type(std::string_view type, std::string_view name, NpyHeader& header) {
  const bool plain = type.size() >= 3 && std::string_view("<>|=").contains(type[0]) &&
                     std::string_view("fiu").contains(type[1]);
  std::size_t bytes = 0;
  if (plain) {
    const auto [end, error] = std::from_chars(type.data() + 2, type.data() + type.size(), bytes);
    if (error != std::errc{} || end != type.data() + type.size()) bytes = 0;
  }
  const bool known = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8 || bytes == 16;
  if (!known)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: holds values of type '{}', plain numbers are needed", name,
                            excerpt(type)));
  header.big_endian = type[0] == '>';
  header.kind = type[1];
  header.item_bytes = bytes;
  return {};
}

Result<void> parse_dictionary(std::string_view text, std::string_view name, NpyHeader& header) {
  const auto broken = [&](std::string_view what) {
    return fail(ErrorCode::corrupt,
                fmt::format("{}: {} in the npy header: {}", name, what, excerpt(text)));
  };
  Literals literals(text);
  bool type_seen = false;
  bool order_seen = false;
  bool shape_seen = false;
  if (!literals.symbol('{')) return broken("no dictionary");
  while (!literals.symbol('}')) {
    std::string_view key;
    if (!literals.string(key) || !literals.symbol(':')) return broken("a malformed key");
    if (key == "descr" && !type_seen) {
      std::string_view type;
      if (literals.symbol('['))
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: holds structures ([{}), plain numbers are needed", name,
                                excerpt(literals.rest().substr(0, literals.rest().find(']') + 1))));
      if (!literals.string(type)) return broken("a malformed 'descr'");
      KINDRED_TRY(parse_type(type, name, header));
      type_seen = true;
    } else if (key == "fortran_order" && !order_seen) {
      if (!literals.boolean(header.fortran_order)) return broken("a malformed 'fortran_order'");
      order_seen = true;
    } else if (key == "shape" && !shape_seen) {
      if (!literals.tuple(header.shape)) return broken("a malformed 'shape'");
      shape_seen = true;
    } else {
      return broken(fmt::format("an unexpected key '{}'", excerpt(key)));
    }
    if (literals.symbol(',')) continue;
    if (!literals.symbol('}')) return broken("no end of the dictionary");
    break;
  }
  if (!literals.at_end()) return broken("text after the dictionary");
  if (!type_seen || !order_seen || !shape_seen)
    return broken("no 'descr', 'fortran_order' or 'shape'");
  return {};
}

/// The product of the shape and `item_bytes`, nothing where it overflows.
std::optional<std::size_t> bytes_of(std::span<const std::size_t> shape, std::size_t item_bytes) {
  if (std::ranges::find(shape, std::size_t{0}) != shape.end()) return 0;
  std::size_t bytes = item_bytes;
  for (const std::size_t axis : shape) {
    if (bytes > std::numeric_limits<std::size_t>::max() / axis) return {};
    bytes *= axis;
  }
  return bytes;
}

}  // namespace

std::string NpyHeader::type_name() const {
  return fmt::format("{}{}", kind == 'f' ? "float" : kind == 'i' ? "int" : "uint", item_bytes * 8);
}

Result<NpyHeader> parse_npy_header(std::span<const std::byte> file, std::string_view name) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(kMagic))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: is not an npy file: {}", name,
                            text.empty() ? "it is empty" : "it does not start with \\x93NUMPY"));
  if (file.size() < kMagic.size() + 2)
    return fail(ErrorCode::corrupt, fmt::format("{}: ends within the npy header", name));
  const auto major = std::to_integer<int>(file[kMagic.size()]);
  const auto minor = std::to_integer<int>(file[kMagic.size() + 1]);
  if (major < 1 || major > 3 || minor != 0)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: has npy version {}.{}, 1.0 to 3.0 are known", name, major, minor));
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t begin = kMagic.size() + 2 + length_bytes;
  if (file.size() < begin)
    return fail(ErrorCode::corrupt, fmt::format("{}: ends within the npy header", name));
  const std::size_t length = little_endian(file.subspan(kMagic.size() + 2, length_bytes));
  if (length > file.size() - begin)
    return fail(
        ErrorCode::corrupt,
        fmt::format("{}: ends within the npy header: {} bytes of it are promised, {} follow", name,
                    length, file.size() - begin));

  NpyHeader header;
  KINDRED_TRY(parse_dictionary(text.substr(begin, length), name, header));
  header.values_begin = begin + length;
  const auto bytes = bytes_of(header.shape, header.item_bytes);
  const std::size_t following = file.size() - header.values_begin;
  if (!bytes || *bytes != following)
    return fail(
        ErrorCode::corrupt,
        fmt::format("{}: header promises {} {} values ({} bytes), {} bytes follow", name,
                    header.shape.empty() ? "1" : fmt::format("{}", fmt::join(header.shape, " x ")),
                    header.type_name(), bytes ? fmt::to_string(*bytes) : "over 2^64", following));
  header.values_bytes = *bytes;
  return header;
}

std::string format_npy_header(std::string_view type, std::span<const std::size_t> shape) {
  std::string dictionary =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                  fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  // NumPy pads the first axis to 21 digits, so that a program can append rows and rewrite the
  // header where it is.
  constexpr std::size_t kGrowthDigits = 21;
  if (!shape.empty()) dictionary.append(kGrowthDigits - fmt::to_string(shape[0]).size(), ' ');
  const std::size_t before = kMagic.size() + 4;
  dictionary.append(kAlignment - (before + dictionary.size() + 1) % kAlignment, ' ');
  dictionary += '\n';

  std::string header(kMagic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

}  // namespace kindred::files
