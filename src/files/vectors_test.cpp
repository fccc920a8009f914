#include "kindred/vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <string>

#include "files/npy_header.h"
#include "support/temporary_folder.h"

// The fixtures are NumPy's own (tests/golden/make_npy.py): value(row, d) = row + d / 8.
namespace kindred {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(KINDRED_FIXTURES) / "npy" / (name + ".npy");
}

Matrix made(std::size_t rows, std::size_t dimensions) {
  Matrix vectors(rows, dimensions);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t d = 0; d < dimensions; ++d)
      vectors.row(row)[d] = static_cast<float>(row) + static_cast<float>(d) / 8;
  return vectors;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ReadVectors, ReadsWhatNumpyWrote) {
  for (const std::string name : {"vectors", "vectors_big_endian", "vectors_fortran",
                                 "vectors_version_2", "vectors_version_3"}) {
    const auto vectors = read_vectors(fixture(name));
    ASSERT_TRUE(vectors) << vectors.error().message;
    EXPECT_EQ(vectors->rows(), 5U) << name;
    EXPECT_EQ(vectors->dimensions(), 3U) << name;
    EXPECT_TRUE(std::ranges::equal(vectors->values(), made(5, 3).values())) << name;
  }
  const auto one = read_vectors(fixture("vector"));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->rows(), 1U);
  EXPECT_TRUE(std::ranges::equal(one->values(), made(1, 7).values()));
  const auto none = read_vectors(fixture("no_vectors"));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->rows(), 0U);
  EXPECT_EQ(none->dimensions(), 4U);
}

TEST(WriteVectors, WritesTheBytesOfNumpy) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_vectors(folder / "a.npy", made(5, 3)));
  EXPECT_EQ(folder.read("a.npy"), bytes_of(fixture("vectors")));
  ASSERT_TRUE(write_vectors(folder / "a.npy", made(1, 100)));
  EXPECT_EQ(folder.read("a.npy"), bytes_of(fixture("wide")));
  ASSERT_TRUE(write_vectors(folder / "a.npy", Matrix(0, 4)));
  EXPECT_EQ(folder.read("a.npy"), bytes_of(fixture("no_vectors")));
}

TEST(ReadIds, ReadsWhatNumpyWrote) {
  EXPECT_THAT(*read_ids(fixture("ids_u8")),
              ElementsAre(0, 1, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()));
  EXPECT_THAT(*read_ids(fixture("ids_i8")), ElementsAre(3, 2, 1));
  EXPECT_THAT(*read_ids(fixture("ids_i4_big_endian")), ElementsAre(70000, 2, 1));
  EXPECT_THAT(*read_ids(fixture("ids_u4")), ElementsAre(4294967295U, 0));
  EXPECT_THAT(read_ids(fixture("ids_negative")).error().message,
              HasSubstr("ids_negative.npy: id 1 is -2, an id is not negative"));
  EXPECT_THAT(read_ids(fixture("ids_matrix")).error().message, HasSubstr("has 2 axes"));
  EXPECT_THAT(read_ids(fixture("vector")).error().message, HasSubstr("holds float32 values"));
}

TEST(WriteIds, WritesTheBytesOfNumpy) {
  const TemporaryFolder folder;
  const std::vector<std::uint64_t> ids{0, 1, std::uint64_t{1} << 63,
                                       std::numeric_limits<std::uint64_t>::max()};
  ASSERT_TRUE(write_ids(folder / "a.npy", ids));
  EXPECT_EQ(folder.read("a.npy"), bytes_of(fixture("ids_u8")));
  const std::vector<std::uint64_t> six{0, 1, 2, 3, 4, 5};
  ASSERT_TRUE(write_ids(folder / "a.npy", six, 3));
  EXPECT_EQ(folder.read("a.npy"), bytes_of(fixture("ids_matrix")));
  EXPECT_EQ(write_ids(folder / "a.npy", six, 4).error().code, ErrorCode::invalid_argument);
}

TEST(ReadVectors, NamesWhatItCannotRead) {
  const auto message = [](const std::string& name) {
    return read_vectors(fixture(name)).error().message;
  };
  EXPECT_THAT(message("float64"), HasSubstr("holds float64 values, float32 is needed"));
  EXPECT_THAT(message("three_axes"), HasSubstr("has 3 axes"));
  EXPECT_THAT(message("scalar"), HasSubstr("has 0 axes"));
  EXPECT_THAT(message("structure"), HasSubstr("holds structures ([('x', '<f4'), ('y', '<i8')])"));
  EXPECT_THAT(message("text"), HasSubstr("holds values of type '<U7'"));
  EXPECT_EQ(read_vectors("/nowhere/a.npy").error().code, ErrorCode::not_found);
  EXPECT_THAT(read_vectors(KINDRED_FIXTURES).error().message, HasSubstr("is a folder"));
}

/// An npy file of version 1.0 with this dictionary and as many bytes of values.
std::string npy(std::string_view dictionary, std::size_t values) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(dictionary.size() & 0xff);
  file += static_cast<char>(dictionary.size() >> 8);
  return file.append(dictionary) + std::string(values, '\0');
}

TEST(ReadVectors, ComparesTheFileWithItsHeader) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& bytes) {
    const auto read = read_vectors(folder.write("vectors.npy", bytes));
    return read ? "no error" : read.error().message.substr(folder.path().string().size() + 1);
  };
  EXPECT_EQ(
      message(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (10, 384), }", 1000)),
      "vectors.npy: header promises 10 x 384 float32 values (15360 bytes), 1000 bytes follow");
  EXPECT_EQ(message(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", 9)),
            "vectors.npy: header promises 1 x 2 float32 values (8 bytes), 9 bytes follow");
  EXPECT_THAT(
      message(npy("{'descr':'<f4','fortran_order':False,'shape':(4294967296,4294967296)}", 0)),
      HasSubstr("over 2^64"));
  EXPECT_THAT(message(npy("{'descr':'<f4','fortran_order':False,'shape':(3,0)}", 0)),
              HasSubstr("its vectors have no dimensions"));
  EXPECT_EQ(message(""), "vectors.npy: is not an npy file: it is empty");
  EXPECT_THAT(message("PK\x03\x04"), HasSubstr("does not start with"));
  EXPECT_THAT(message(std::string("\x93NUMPY\x09\x00", 8) + "aaaaaaaa"),
              HasSubstr("npy version 9.0"));
  EXPECT_THAT(message(std::string("\x93NUMPY\x01\x00\x40\x00{", 11)),
              HasSubstr("64 bytes of it are promised, 1 follow"));

  const std::string whole = bytes_of(fixture("vectors"));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(message(whole.substr(0, size)), "no error") << size;
}

TEST(ReadVectors, ReadsNothingButLiterals) {
  const TemporaryFolder folder;
  const auto accepts = [&](std::string_view dictionary) {
    return read_vectors(folder.write("a.npy", npy(dictionary, 4))).has_value();
  };
  EXPECT_TRUE(accepts("{'descr':'<f4','fortran_order':False,'shape':(1,)}"));
  EXPECT_TRUE(accepts("{\"shape\": (1L,1L), 'fortran_order': True, 'descr': \"<f4\"}  \n"));
  for (const std::string_view dictionary : {
           "",
           "{",
           "{}",
           "[]",
           "{'descr'}",
           "{'descr':'<f4'}",
           "{'descr':'<f4','fortran_order':False,'shape':(1)}",
           "{'descr':'<f4','fortran_order':False,'shape':(1,}",
           "{'descr':'<f4','fortran_order':False,'shape':(-1,)}",
           "{'descr':'<f4','fortran_order':False,'shape':(1.0,)}",
           "{'descr':'<f4','fortran_order':False,'shape':(1 1)}",
           "{'descr':'<f4','fortran_order':False,'shape':(99999999999999999999,)}",
           "{'descr':'<f4','fortran_order':False,'shape':(1,)} more",
           "{'descr':'<f4','fortran_order':False,'shape':(1,),'more':1}",
           "{'descr':'<f4','fortran_order':0,'shape':(1,)}",
           "{'descr':'<f4','fortran_order':__import__('os'),'shape':(1,)}",
           "{'descr':'<f4','descr':'<f4','fortran_order':False,'shape':(1,)}",
           "{'descr':'<f\\x34','fortran_order':False,'shape':(1,)}",
           "{'descr':'<f3','fortran_order':False,'shape':(1,)}",
           "{'descr':'f4','fortran_order':False,'shape':(1,)}",
       })
    EXPECT_FALSE(accepts(dictionary)) << dictionary;
}

}  // namespace
}  // namespace kindred
