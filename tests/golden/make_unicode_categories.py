"""Makes src/text/unicode/category_tables.cpp from the reference tokenizer itself, as make_unicode_tables.py makes the other tables: the
general category of each code point, as its regular expressions have it.

Run by hand after a change of the reference: python tests/golden/make_unicode_categories.py
"""

import pathlib

import tokenizers
from make_unicode_tables import CODE_POINTS, ranges, table
from tokenizers import pre_tokenizers

TARGET = pathlib.Path(__file__).parents[2] / "src" / "text" / "unicode" / "category_tables.cpp"
CHUNK = 4096
NAMES = {"Cc": "control", "Cf": "format", "Co": "private_use", "Ll": "lowercase_letter", "Lm": "modifier_letter", "Lo": "other_letter",
         "Lt": "titlecase_letter", "Lu": "uppercase_letter", "Mc": "spacing_mark", "Me": "enclosing_mark", "Mn": "nonspacing_mark",
         "Nd": "decimal_number", "Nl": "letter_number", "No": "other_number", "Pc": "connector_punctuation", "Pd": "dash_punctuation",
         "Pe": "close_punctuation", "Pf": "final_punctuation", "Pi": "initial_punctuation", "Po": "other_punctuation",
         "Ps": "open_punctuation", "Sc": "currency_symbol", "Sk": "modifier_symbol", "Sm": "math_symbol", "So": "other_symbol",
         "Zl": "line_separator", "Zp": "paragraph_separator", "Zs": "space_separator"}


def main() -> None:
    categories: dict[int, str] = {}
    for short, name in NAMES.items():
        split = pre_tokenizers.Split(tokenizers.Regex(rf"\p{{{short}}}"), "removed").pre_tokenize_str
        for begin in range(0, len(CODE_POINTS), CHUNK):
            codes = CODE_POINTS[begin:begin + CHUNK]
            kept = set("".join(text for text, _ in split("".join(map(chr, codes)))))
            for c in codes:
                if chr(c) not in kept:
                    assert c not in categories, hex(c)
                    categories[c] = name
    found = ranges(categories)
    TARGET.write_text(f"""// Made by tests/golden/make_unicode_categories.py from tokenizers {tokenizers.__version__}; not to be edited. It
// is long because Unicode is.
#include <iterator>

#include "text/unicode/categories.h"

namespace kindred::text {{

using enum Category;

// clang-format off
{table("kCategoryRanges", "CategoryRange", [f"{{0x{a:X}, 0x{b:X}, {name}}}" for a, b, name in found])}// clang-format on

}}  // namespace kindred::text
""")
    print(f"{len(found)} ranges of {len(categories)} code points")


if __name__ == "__main__":
    main()
