#include "simd/dispatch.h"

#include <hwy/highway.h>
#include <hwy/targets.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <mutex>

namespace kindred::simd {
namespace {

struct InstructionSet {
  std::string_view name;
  std::int64_t target;
};

/// Highway's targets by our names, best first on each architecture.
constexpr std::array kInstructionSets = {
    InstructionSet{"avx3_dl", HWY_AVX3_DL}, InstructionSet{"avx3", HWY_AVX3},
    InstructionSet{"avx2", HWY_AVX2},       InstructionSet{"sse4", HWY_SSE4},
    InstructionSet{"ssse3", HWY_SSSE3},     InstructionSet{"neon", HWY_NEON},
    InstructionSet{"scalar", HWY_SCALAR},
};

/// What the machine runs, before anything is hidden from Highway.
std::int64_t runnable() {
  static const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  return targets;
}

void put_in_force(std::int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

bool use(std::string_view name) {
  for (const InstructionSet& set : kInstructionSets)
    if (set.name == name && (runnable() & set.target) != 0) {
      put_in_force(set.target);
      return true;
    }
  return false;
}

}  // namespace

void read_environment() {
  static std::once_flag read;
  std::call_once(read, [] {
    const char* wanted = std::getenv("KINDRED_SIMD");
    if (wanted == nullptr || !use(wanted)) put_in_force(runnable());
  });
}

std::vector<std::string_view> instruction_sets() {
  std::vector<std::string_view> names;
  for (const InstructionSet& set : kInstructionSets)
    if ((runnable() & set.target) != 0) names.push_back(set.name);
  return names;
}

std::string_view instruction_set() {
  read_environment();
  const std::int64_t target = hwy::SupportedTargets() & HWY_TARGETS;
  // Highway numbers better sets lower.
  const std::int64_t best = target & -target;
  for (const InstructionSet& set : kInstructionSets)
    if (set.target == best) return set.name;
  return "unknown";
}

bool has_vnni() {
#if defined(__x86_64__) && defined(__GNUC__)
  static const bool processor_has = __builtin_cpu_supports("avx512vnni") != 0;
  const std::string_view set = instruction_set();
  return processor_has && (set == "avx3" || set == "avx3_dl");
#else
  return false;
#endif
}

bool use_instruction_set(std::string_view name) {
  read_environment();
  return use(name);
}

}  // namespace kindred::simd
