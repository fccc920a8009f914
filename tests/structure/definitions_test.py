"""One name, one type: no two files define a struct, class or enum of the same name in the same namespace.

The linker merges what templates make of both (std::vector<Word>, say), without a word, and one of them then gets the other's code.
Anonymous namespaces are each file's own.
"""

import pathlib
import re
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINE = re.compile(r"^(?:namespace (?P<opened>[\w:]*) ?\{(?P<closed>\})?"
                  r"|\}  // namespace(?: (?P<left>[\w:]+))?"
                  r"|(?:template <.*> )?(?:struct|class|enum(?: class)?) (?P<type>\w+)(?: final)?(?: : [^;]*)? ?\{)", re.MULTILINE)


def definitions(text):
    """(namespace, name) of each type that begins a line."""
    spaces = []
    for match in LINE.finditer(text):
        if match["type"]:
            if "" not in spaces:
                yield "::".join(spaces), match["type"]
        elif match["opened"] is not None:
            if not match["closed"]:
                spaces.append(match["opened"])
        elif spaces:
            spaces.pop()


def doubles(root):
    places = {}
    for folder in ("include", "src", "apps"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                for name in set(definitions(path.read_text())):
                    places.setdefault(name, []).append(str(path.relative_to(root)))
    return {"::".join(name): files for name, files in places.items() if len(files) > 1}


class DefinitionsTest(unittest.TestCase):
    def test_each_type_is_defined_once(self):
        self.assertEqual(doubles(ROOT), {})

    def test_finds_doubles_and_leaves_anonymous_ones(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "src").mkdir()
            (root / "src" / "a.h").write_text("namespace k::text {\n\nstruct Word {\n  int a;\n};\n\n}  // namespace k::text\n")
            (root / "src" / "b.cpp").write_text("namespace k::text {\nnamespace {\nstruct Word {\n};\n}  // namespace\n}  // namespace k::text\n")
            self.assertEqual(doubles(root), {})
            (root / "src" / "c.cpp").write_text("namespace k::text {\nnamespace {\n}  // namespace\nclass Word final : Base {\n};\n}  // namespace k::text\n")
            self.assertEqual(doubles(root), {"k::text::Word": ["src/a.h", "src/c.cpp"]})

    def test_sees_the_types_that_are_there(self):
        found = set(definitions((ROOT / "src" / "tensor" / "tensor.h").read_text()))
        self.assertLessEqual({("kindred::tensor", "Tensor"), ("kindred::tensor", "Workspace")}, found)


if __name__ == "__main__":
    unittest.main()
