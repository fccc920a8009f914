"""Makes src/text/unicode/script_tables.cpp from the reference tokenizer itself, as make_unicode_tables.py makes the other tables: which
code points its pre-tokenizer UnicodeScripts takes for one script. Scripts have numbers, in the order of their first code point; 0 is
what goes with any script.

Run by hand after a change of the reference: python tests/golden/make_unicode_scripts.py
"""

import pathlib

import tokenizers
from make_unicode_tables import CODE_POINTS, ranges, table
from tokenizers import pre_tokenizers

TARGET = pathlib.Path(__file__).parents[2] / "src" / "text" / "unicode" / "script_tables.cpp"
split = pre_tokenizers.UnicodeScripts().pre_tokenize_str


def goes_with(first: str, c: int) -> bool:
    return len(split(first + chr(c))) == 1


def main() -> None:
    examples: list[str] = []
    scripts: dict[int, str] = {}
    last = None
    for c in CODE_POINTS:
        if goes_with("a", c) and goes_with("\u4e2d", c):
            continue  # any script
        if last is None or not goes_with(examples[last], c):
            last = next((i for i, example in enumerate(examples) if goes_with(example, c)), None)
            if last is None:
                last = len(examples)
                examples.append(chr(c))
        scripts[c] = str(last + 1)
    found = ranges(scripts)
    TARGET.write_text(f"""// Made by tests/golden/make_unicode_scripts.py from tokenizers {tokenizers.__version__}; not to be edited. It is
// long because Unicode is.
#include <iterator>

#include "text/unicode/scripts.h"

namespace kindred::text {{

// clang-format off
{table("kScriptRanges", "ScriptRange", [f"{{0x{a:X}, 0x{b:X}, {script}}}" for a, b, script in found])}// clang-format on

}}  // namespace kindred::text
""")
    print(f"{len(examples)} scripts, {len(found)} ranges of {len(scripts)} code points")


if __name__ == "__main__":
    main()
