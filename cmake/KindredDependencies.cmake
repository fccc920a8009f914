# The libraries that Kindred stands on (docs/design/dependencies.md says why each). `kindred_dependencies` carries those of the
# library itself, `kindred_options` the compiler's settings for our own code; neither shows through the public headers.
include(FindPackageHandleStandardArgs)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(hwy REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
find_library(FARMHASH_LIBRARY farmhash REQUIRED)
find_package(RocksDB REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibLZMA REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)

set(kindred_libraries Threads::Threads fmt::fmt nlohmann_json::nlohmann_json simdjson::simdjson PkgConfig::hwy
    PkgConfig::xxhash PkgConfig::pcre2 PkgConfig::re2 farmhash RocksDB::rocksdb-shared CURL::libcurl OpenSSL::Crypto ZLIB::ZLIB LibLZMA::LibLZMA
    $<BUILD_INTERFACE:Eigen3::Eigen>)  # headers alone: what is installed does not need them

add_library(kindred_options INTERFACE)
target_compile_options(kindred_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wno-missing-field-initializers
  $<$<BOOL:${KINDRED_WARNINGS_AS_ERRORS}>:-Werror> $<$<CONFIG:Debug>:-D_GLIBCXX_ASSERTIONS>)
if(KINDRED_SANITIZE)
  target_compile_options(kindred_options INTERFACE -fsanitize=${KINDRED_SANITIZE} -fno-omit-frame-pointer)
  if(KINDRED_SANITIZE MATCHES "undefined")
    target_compile_options(kindred_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
  target_link_options(kindred_options INTERFACE -fsanitize=${KINDRED_SANITIZE})
endif()
if(KINDRED_FUZZ)
  target_compile_options(kindred_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
