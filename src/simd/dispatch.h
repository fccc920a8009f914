/// Which instruction set the kernels run on: the best that this machine has, or the one that
/// KINDRED_SIMD names.
///
/// A kernel is written once, compiled for each instruction set (Highway's foreach_target), and
/// exported with HWY_EXPORT. Outside of its loop a caller takes the function of the set in force:
///
///     const auto dot = KINDRED_SIMD_DISPATCH(dot);
///     for (...) scores[i] = dot(query, row, dimensions);
///
/// KINDRED_SIMD holds a name as instruction_sets() gives them ("avx2"). It is read once. A name
/// that this machine or this build doesn't have is ignored: the library never refuses to work for
/// want of an instruction. Results are the same on every run with the same set, and may differ in
/// the last bits between sets.
///
/// Thread safety: all of it, but use_instruction_set(), which is for tests, may not run beside
/// kernels.
#pragma once

#include <string_view>
#include <vector>

namespace kindred::simd {

/// Those that this machine runs and this build has, best first: "avx3_dl", "avx3", "avx2", "sse4",
/// "ssse3", ...
std::vector<std::string_view> instruction_sets();

/// The one in force.
std::string_view instruction_set();

/// Puts another one in force. Nothing happens, and the answer is false, where instruction_sets()
/// doesn't have it.
bool use_instruction_set(std::string_view name);

/// Whether the one in force is AVX-512, and the processor also has VNNI, products of bytes. Highway
/// 1.0.3 knows of VNNI only as a part of "avx3_dl", which it leaves out of a build unless asked,
/// and which has to have much else besides.
bool has_vnni();

/// Makes sure that KINDRED_SIMD has been read. Cheap after the first call.
void read_environment();

}  // namespace kindred::simd

/// A pointer to the function of the instruction set in force; `function` was exported with
/// HWY_EXPORT in this file.
#define KINDRED_SIMD_DISPATCH(function) \
  (::kindred::simd::read_environment(), &HWY_DYNAMIC_DISPATCH(function))
