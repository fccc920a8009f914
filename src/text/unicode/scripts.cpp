#include "text/unicode/scripts.h"

#include "text/unicode/range_table.h"

namespace kindred::text {

Script script_of(char32_t code) {
  static const RangeTable<Script, ScriptRange> table({kScriptRanges, kScriptRangesSize});
  return table[code];
}

}  // namespace kindred::text
