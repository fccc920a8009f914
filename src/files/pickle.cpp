#include "files/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstring>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "files/excerpt.h"

namespace kindred::files {
namespace {

constexpr std::size_t kMaximumValues = std::size_t{1} << 20;
constexpr unsigned kProtocol = 2;

enum class Opcode : std::uint8_t {
  mark = '(',
  stop = '.',
  none = 'N',
  new_true = 0x88,
  new_false = 0x89,
  int4 = 'J',
  uint1 = 'K',
  uint2 = 'M',
  long1 = 0x8a,
  float8 = 'G',
  text4 = 'X',
  string1 = 'U',
  string4 = 'T',
  empty_tuple = ')',
  tuple = 't',
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  empty_list = ']',
  append = 'a',
  appends = 'e',
  empty_dictionary = '}',
  set_item = 's',
  set_items = 'u',
  put1 = 'q',
  put4 = 'r',
  get1 = 'h',
  get4 = 'j',
  function = 'c',
  reduce = 'R',
  build = 'b',
  persistent = 'Q',
  protocol = 0x80,
};

std::string shown(std::uint8_t opcode) {
  return std::isprint(opcode) != 0
             ? fmt::format("'{}' (0x{:02x})", static_cast<char>(opcode), opcode)
             : fmt::format("0x{:02x}", opcode);
}

}  // namespace

std::string_view name_of(PickleKind kind) {
  constexpr std::array<std::string_view, 11> kNames = {"None",
                                                       "a truth value",
                                                       "an integer",
                                                       "a real number",
                                                       "a text",
                                                       "a tuple",
                                                       "a list",
                                                       "a dictionary",
                                                       "a function",
                                                       "a call",
                                                       "a reference to data"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// The stack machine. The stack holds numbers of values; a mark is where the stack was.
class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, std::string_view name,
                std::span<const std::string_view> functions)
      : bytes_(bytes), name_(name), functions_(functions) {}

  Result<Pickle> run() {
    for (bool stopped = false; !stopped;) {
      opcode_at_ = at_;
      const auto opcode = static_cast<Opcode>(KINDRED_TRY(number<std::uint8_t>()));
      stopped = opcode == Opcode::stop;
      if (!stopped) KINDRED_TRY(step(opcode));
    }
    pickle_.root_ = KINDRED_TRY(pop());
    if (!stack_.empty() || !marks_.empty()) return broken("ends while values are left over");
    pickle_.size_ = at_;
    return std::move(pickle_);
  }

 private:
  std::unexpected<Error> broken(std::string_view problem) const {
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the pickle at byte {} {}", name_, opcode_at_, problem));
  }

  // Operands.
  Result<std::string_view> take(std::size_t size) {
    if (size > bytes_.size() - at_)
      return broken(fmt::format("promises {} bytes, {} are left of it", size, bytes_.size() - at_));
    const char* from = reinterpret_cast<const char*>(bytes_.data()) + at_;
    at_ += size;
    return std::string_view(from, size);
  }
  template <typename T>
  Result<T> number() {
    KINDRED_TRY(take(sizeof(T)));
    T value;
    std::memcpy(&value, bytes_.data() + (at_ - sizeof value), sizeof value);
    return value;
  }
  Result<std::string_view> line() {
    const char* from = reinterpret_cast<const char*>(bytes_.data()) + at_;
    const std::string_view rest(from, bytes_.size() - at_);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return broken("has a line without an end");
    at_ += end + 1;
    return rest.substr(0, end);
  }

  // The stack.
  Result<void> push(PickleValue value) {
    if (pickle_.values_.size() == kMaximumValues)
      return broken(fmt::format("has more than {} values", kMaximumValues));
    stack_.push_back(static_cast<std::uint32_t>(pickle_.values_.size()));
    pickle_.values_.push_back(std::move(value));
    return {};
  }
  /// How many values lie above the last mark.
  std::size_t above_mark() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }
  Result<std::uint32_t> top() {
    if (above_mark() == 0) return broken("takes a value from an empty stack");
    return stack_.back();
  }
  Result<std::uint32_t> pop() {
    const std::uint32_t number = KINDRED_TRY(top());
    stack_.pop_back();
    return number;
  }
  Result<std::vector<std::uint32_t>> pop_some(std::size_t count) {
    if (above_mark() < count) return broken("takes a value from an empty stack");
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<std::uint32_t> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    return items;
  }
  Result<std::vector<std::uint32_t>> pop_to_mark() {
    if (marks_.empty()) return broken("looks for a mark that was not set");
    auto items = KINDRED_TRY(pop_some(above_mark()));
    marks_.pop_back();
    return items;
  }

  Result<void> step(Opcode opcode) {
    switch (opcode) {
      case Opcode::protocol: {
        const unsigned protocol = KINDRED_TRY(number<std::uint8_t>());
        if (protocol != kProtocol)
          return fail(ErrorCode::unsupported, fmt::format("{}: is a pickle of protocol {}, Kindred "
                                                          "reads {}, which torch.save writes",
                                                          name_, protocol, kProtocol));
        return {};
      }
      case Opcode::mark:
        marks_.push_back(stack_.size());
        return {};
      case Opcode::none:
        return push({.kind = PickleKind::none});
      case Opcode::new_true:
        return push({.kind = PickleKind::boolean, .integer = 1});
      case Opcode::new_false:
        return push({.kind = PickleKind::boolean, .integer = 0});
      case Opcode::int4:
        return push_integer(KINDRED_TRY(number<std::int32_t>()));
      case Opcode::uint1:
        return push_integer(KINDRED_TRY(number<std::uint8_t>()));
      case Opcode::uint2:
        return push_integer(KINDRED_TRY(number<std::uint16_t>()));
      case Opcode::long1:
        return long_integer();
      case Opcode::float8: {  // big-endian, unlike all else
        const auto bits = KINDRED_TRY(number<std::uint64_t>());
        return push(
            {.kind = PickleKind::real, .real = std::bit_cast<double>(__builtin_bswap64(bits))});
      }
      case Opcode::text4:
      case Opcode::string4:
        return text(KINDRED_TRY(number<std::uint32_t>()));
      case Opcode::string1:
        return text(KINDRED_TRY(number<std::uint8_t>()));
      case Opcode::empty_tuple:
        return push({.kind = PickleKind::tuple});
      case Opcode::tuple:
        return tuple(KINDRED_TRY(pop_to_mark()));
      case Opcode::tuple1:
        return tuple(KINDRED_TRY(pop_some(1)));
      case Opcode::tuple2:
        return tuple(KINDRED_TRY(pop_some(2)));
      case Opcode::tuple3:
        return tuple(KINDRED_TRY(pop_some(3)));
      case Opcode::empty_list:
        return push({.kind = PickleKind::list});
      case Opcode::append:
        return extend_list(KINDRED_TRY(pop_some(1)));
      case Opcode::appends:
        return extend_list(KINDRED_TRY(pop_to_mark()));
      case Opcode::empty_dictionary:
        return push({.kind = PickleKind::dictionary});
      case Opcode::set_item:
        return set_items(KINDRED_TRY(pop_some(2)));
      case Opcode::set_items:
        return set_items(KINDRED_TRY(pop_to_mark()));
      case Opcode::put1:
        return put(KINDRED_TRY(number<std::uint8_t>()));
      case Opcode::put4:
        return put(KINDRED_TRY(number<std::uint32_t>()));
      case Opcode::get1:
        return get(KINDRED_TRY(number<std::uint8_t>()));
      case Opcode::get4:
        return get(KINDRED_TRY(number<std::uint32_t>()));
      case Opcode::function:
        return function();
      case Opcode::reduce:
        return reduce();
      case Opcode::build:
        return build();
      case Opcode::persistent: {
        auto key = KINDRED_TRY(pop_some(1));
        return push({.kind = PickleKind::persistent, .items = std::move(key)});
      }
      default:
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: the pickle at byte {} has the opcode {}, which plain tensors "
                                "don't need",
                                name_, opcode_at_, shown(static_cast<std::uint8_t>(opcode))));
    }
  }

  Result<void> push_integer(std::int64_t value) {
    return push({.kind = PickleKind::integer, .integer = value});
  }

  /// Two's complement, little-endian, as short as possible.
  Result<void> long_integer() {
    const std::size_t size = KINDRED_TRY(number<std::uint8_t>());
    const std::string_view digits = KINDRED_TRY(take(size));
    if (size > sizeof(std::int64_t)) return broken("has an integer of more than 64 bits");
    const bool negative = size > 0 && (static_cast<std::uint8_t>(digits.back()) & 0x80U) != 0;
    std::int64_t value = negative ? -1 : 0;
    std::memcpy(&value, digits.data(), size);
    return push_integer(value);
  }

  Result<void> text(std::size_t size) {
    const std::string_view content = KINDRED_TRY(take(size));
    return push({.kind = PickleKind::text, .text = content});
  }

  Result<void> tuple(std::vector<std::uint32_t> items) {
    return push({.kind = PickleKind::tuple, .items = std::move(items)});
  }

  Result<void> extend_list(const std::vector<std::uint32_t>& items) {
    PickleValue& list = pickle_.values_[KINDRED_TRY(top())];
    if (list.kind != PickleKind::list)
      return broken(fmt::format("appends to {}", name_of(list.kind)));
    list.items.insert(list.items.end(), items.begin(), items.end());
    return {};
  }

  Result<void> set_items(const std::vector<std::uint32_t>& items) {
    PickleValue& target = pickle_.values_[KINDRED_TRY(top())];
    if (target.kind != PickleKind::dictionary && target.kind != PickleKind::call)
      return broken(fmt::format("sets items of {}", name_of(target.kind)));
    if (items.size() % 2 != 0) return broken("sets a key without a value");
    target.items.insert(target.items.end(), items.begin(), items.end());
    return {};
  }

  Result<void> put(std::uint32_t slot) {
    memo_[slot] = KINDRED_TRY(top());
    return {};
  }

  Result<void> get(std::uint32_t slot) {
    const auto found = memo_.find(slot);
    if (found == memo_.end())
      return broken(fmt::format("asks for what it remembered as {}, which is nothing", slot));
    stack_.push_back(found->second);
    return {};
  }

  Result<void> function() {
    const std::string_view module = KINDRED_TRY(line());
    const std::string_view attribute = KINDRED_TRY(line());
    const std::string full = fmt::format("{}.{}", module, attribute);
    const auto allowed = std::ranges::find(functions_, full);
    if (allowed == functions_.end())
      return fail(
          ErrorCode::unsupported,
          fmt::format("{}: the pickle at byte {} asks for \"{}\", which plain tensors don't "
                      "need; Kindred runs no code of a model's file",
                      name_, opcode_at_, excerpt(full)));
    return push({.kind = PickleKind::function, .text = *allowed});
  }

  Result<void> reduce() {
    auto call = KINDRED_TRY(pop_some(2));
    const PickleKind function = pickle_.values_[call[0]].kind;
    const PickleKind arguments = pickle_.values_[call[1]].kind;
    if (function != PickleKind::function || arguments != PickleKind::tuple)
      return broken(fmt::format("calls {} with {}", name_of(function), name_of(arguments)));
    return push({.kind = PickleKind::call, .items = std::move(call)});
  }

  /// Attributes of an object: what a state_dict notes of the versions of its modules. They say
  /// nothing of values and are dropped.
  Result<void> build() {
    KINDRED_TRY(pop());
    const PickleKind target = pickle_.values_[KINDRED_TRY(top())].kind;
    if (target != PickleKind::call)
      return broken(fmt::format("sets attributes of {}", name_of(target)));
    return {};
  }

  std::span<const std::byte> bytes_;
  std::string_view name_;
  std::span<const std::string_view> functions_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
  Pickle pickle_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, std::uint32_t> memo_;
};

Result<Pickle> Pickle::parse(std::span<const std::byte> bytes, std::string_view name,
                             std::span<const std::string_view> functions) {
  return PickleMachine(bytes, name, functions).run();
}

}  // namespace kindred::files
