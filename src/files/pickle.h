/// Python's pickles, described instead of executed.
///
/// A pickle is a program for a stack machine: it pushes values, puts them together, and may call
/// any function that it can import, which is how opening a model from a stranger can run the
/// stranger's code. This reader has the machine without the calls. Where the program says "call
/// `function` with these arguments", the result is a value of the kind `call` that says just that,
/// and whoever reads it decides what it means. A function or class can only be named if the caller
/// listed it.
///
/// Read are the opcodes that Python's pickler writes in protocol 2 for texts, numbers, tuples,
/// lists, dictionaries, functions by name, calls and persistent ids (references to data outside of
/// the pickle; PyTorch's storages); and the two opcodes of byte strings that Python 2 wrote. Every
/// other opcode is an error that names it, and so is a function that is not listed. The opcodes are
/// documented in Python's own pickletools module.
///
/// Values refer to each other by their numbers, so that depth costs no call stack, and a list may
/// contain itself. Memory: at most 2^20 values of some 80 bytes, and 4 bytes for
/// each byte of the pickle.
///
/// Thread safety: immutable. Texts lie in the bytes that were parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred::files {

enum class PickleKind : std::uint8_t {
  none,
  boolean,     ///< integer: 0 or 1
  integer,     ///< integer
  real,        ///< real
  text,        ///< text
  tuple,       ///< items
  list,        ///< items
  dictionary,  ///< items: a key, its value, the next key, ... in the order in which they were set
  function,    ///< text: "module.name"
  call,        ///< function, argument tuple; then keys and values that were set on the result
  persistent,  ///< items: the one value by which the data outside is known
};

/// As a message shows it: "a tuple".
std::string_view name_of(PickleKind kind);

struct PickleValue {
  PickleKind kind = PickleKind::none;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
  std::vector<std::uint32_t> items;  ///< numbers of values of the same pickle
};

class Pickle {
 public:
  /// The pickle with which the bytes begin. `functions` are those that it may name, as
  /// "module.name". `name` says where it lies, for messages, which also have the byte.
  static Result<Pickle> parse(std::span<const std::byte> bytes, std::string_view name,
                              std::span<const std::string_view> functions);

  const PickleValue& root() const { return values_[root_]; }
  const PickleValue& at(std::uint32_t number) const { return values_[number]; }
  /// The bytes it has; others may follow.
  std::size_t size() const { return size_; }

 private:
  friend class PickleMachine;
  std::vector<PickleValue> values_;
  std::uint32_t root_ = 0;
  std::size_t size_ = 0;
};

}  // namespace kindred::files
