/// Runs a test on every instruction set of the machine.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "simd/dispatch.h"

namespace kindred::testing {

template <typename Body>
void on_every_instruction_set(const Body& body) {
  const std::string before(simd::instruction_set());
  for (const auto name : simd::instruction_sets()) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(simd::use_instruction_set(name));
    ASSERT_EQ(simd::instruction_set(), name);
    body();
  }
  simd::use_instruction_set(before);
}

}  // namespace kindred::testing
