/// The keys and values that a collection keeps in RocksDB (docs/formats/collection.md).
///
/// A key that is a number is 8 bytes, big-endian, so that RocksDB's order is the numbers' order.
/// Every value begins with a version byte; numbers are little-endian, a string is its length
/// (64 bits) and its bytes. The values carry no checksum of ours: RocksDB has one on every block,
/// log record and blob, and verifies it on every read. Decoding checks every length all the same
/// and gives nothing where a value is not what its version says.
///
/// Thread safety: plain functions. Cost: one copy.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kindred/collection.h"

namespace kindred::store {

std::string number_key(std::uint64_t number);
std::optional<std::uint64_t> parse_number_key(std::string_view key);

/// A document as it lies in the store; looks into the bytes that it was decoded from.
struct PointRecord {
  std::string_view id;
  std::string_view text;
  std::string_view fields;
};

std::string encode_point(const Document& document);
std::optional<PointRecord> decode_point(std::string_view value);

std::string encode_number(std::uint64_t number);
std::optional<std::uint64_t> decode_number(std::string_view value);

std::string encode_vector(std::span<const float> vector);
/// Fills `vector`; false where the value has another number of components.
bool decode_vector(std::string_view value, std::span<float> vector);

/// Where the collection stands; rewritten with every change, in the same write.
struct StateRecord {
  std::uint64_t next_row = 0;   ///< the row number that the next new document gets
  std::uint64_t documents = 0;  ///< how many there are
  std::uint64_t sequence = 0;   ///< the number of the last change
};

std::string encode_state(const StateRecord& state);
std::optional<StateRecord> decode_state(std::string_view value);

/// What happened to a row. Deleting one will be a second kind.
enum class Operation : std::uint8_t { put = 1 };

/// An entry of the operation log; its key is its sequence number.
struct OperationRecord {
  Operation operation = Operation::put;
  std::uint64_t row = 0;
};

std::string encode_operation(const OperationRecord& operation);
std::optional<OperationRecord> decode_operation(std::string_view value);

std::string encode_model(const CollectionModel& model);
std::optional<CollectionModel> decode_model(std::string_view value);

}  // namespace kindred::store
