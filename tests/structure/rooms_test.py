"""Law 1 and law 2: the order of the rooms, and a small public door.

Reads src/rooms.txt and every #include in src/, include/ and apps/, and fails on an arrow that the table does not list.
The same reader is run on small trees made here, one fault each, so that a rule that stopped biting would be noticed.
"""

import pathlib
import re
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LARGEST_DOOR = 20
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


class Table:
    """What src/rooms.txt says. Malformed lines are kept as problems, not raised: a test wants them all at once."""

    def __init__(self, text):
        self.below = {}  # room -> rooms that it may include from
        self.doors = {}  # header of include/kindred -> its room
        self.apps = {}  # folder of apps/ -> rooms that it may include from, past the public door
        self.problems = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = re.fullmatch(r"(?:(door|app) )?([a-z_]+(?:\.h)?):((?: [a-z_]+)*)\s*", line)
            if not match:
                self.problems.append(f"rooms.txt:{number}: not a row of the table: {line!r}")
                continue
            kind, name, rooms = match[1], match[2], match[3].split()
            target = {"door": self.doors, "app": self.apps, None: self.below}[kind]
            if name in target:
                self.problems.append(f"rooms.txt:{number}: {name} is listed twice")
            if kind == "door" and len(rooms) != 1:
                self.problems.append(f"rooms.txt:{number}: a public header belongs to one room: {line!r}")
                continue
            target[name] = rooms[0] if kind == "door" else set(rooms)
        named = set(self.doors.values()).union(*self.below.values(), *self.apps.values())
        self.problems += [f"rooms.txt: {room} has no line of its own" for room in sorted(named - set(self.below))]
        self.problems += [f"rooms.txt: a cycle: {' -> '.join(cycle)}" for cycle in self.cycles()]

    def cycles(self):
        """Each cycle once, found by walking depth first."""
        finished, found = set(), []

        def walk(room, path):
            if room in path:
                found.append(path[path.index(room):] + [room])
            elif room not in finished:
                for below in sorted(self.below.get(room, ())):
                    walk(below, path + [room])
                finished.add(room)

        for room in self.below:
            walk(room, [])
        return found


def sources(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix in {".h", ".cpp", ".inc"})


def includes(path):
    """(line, name, whether in quotes) of every #include of a file."""
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        line += match[0].count("\n") - match[0].lstrip().count("\n")
        yield line, match[1] or match[2], match[1] is not None


def problems(root):
    """Everything in the tree at `root` that breaks law 1 or 2, a line each."""
    table = Table((root / "src/rooms.txt").read_text(encoding="utf-8"))
    found = list(table.problems)
    door = {path.name for path in (root / "include/kindred").glob("*")}
    found += [f"include/kindred/{name}: not listed in rooms.txt" for name in sorted(door - set(table.doors))]
    found += [f"rooms.txt: door {name}: there is no such header" for name in sorted(set(table.doors) - door)]
    if len(door) > LARGEST_DOOR:
        found.append(f"include/kindred: {len(door)} headers, {LARGEST_DOOR} at most")

    def room_of(name):
        """The room that a quoted include leads to; None where it leads to none."""
        first, _, rest = name.partition("/")
        if first == "kindred":
            return table.doors.get(rest)
        return first if first in table.below and rest else None

    def check(path, owner, allowed, folders=()):
        place = path.relative_to(root)
        for line, name, quoted in includes(path):
            if not quoted:
                if name.partition("/")[0] == "kindred" or room_of(name) is not None:
                    found.append(f"{place}:{line}: <{name}> is ours: write it in quotes")
                continue
            target = room_of(name)
            if target is None:
                if name.partition("/")[0] in folders or (path.parent / name).is_file():
                    continue
                found.append(f"{place}:{line}: \"{name}\" is in no room and no public header")
            elif target not in allowed:
                found.append(f"{place}:{line}: {owner} may not include \"{name}\": rooms.txt lists no arrow to {target}")

    for path in sources(root / "src"):
        room = path.relative_to(root / "src").parts[0]
        if room not in table.below:
            found.append(f"{path.relative_to(root)}: {room} is not in rooms.txt")
            continue
        is_test = path.stem.endswith("_test")
        check(path, room, table.below[room] | {room}, {"support"} if is_test else ())

    for path in sources(root / "include"):
        room = table.doors.get(path.name)
        if room is None:
            continue
        check(path, room, table.below.get(room, set()) | {room})
        for line, name, quoted in includes(path):
            place = path.relative_to(root)
            if quoted and not name.startswith("kindred/"):
                found.append(f"{place}:{line}: a public header includes \"{name}\", which is not public")
            if not quoted and not re.fullmatch(r"[a-z_0-9]+", name):
                found.append(f"{place}:{line}: <{name}> shows through the public door: only the standard library may")

    for path in sources(root / "apps"):
        app = path.relative_to(root / "apps").parts[0]
        for line, name, quoted in includes(path):
            target = room_of(name) if quoted else None
            if target and not name.startswith("kindred/") and target not in table.apps.get(app, set()):
                found.append(f"{path.relative_to(root)}:{line}: the program {app} may not include \"{name}\": "
                             f"it stands on the public door")
    return found


class ThisTree(unittest.TestCase):
    def test_keeps_the_order_of_rooms(self):
        self.assertEqual(problems(ROOT), [])

    def test_is_really_read(self):
        """A reader that finds no files, or no includes in them, would pass everything."""
        read = [path for path in sources(ROOT / "src") for _ in includes(path)]
        self.assertGreater(len(read), 100)


class MadeTree(unittest.TestCase):
    """A tree with two rooms and one public header, sound until a test breaks one thing in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("src/rooms.txt", "# The table\nlow:\nhigh: low\n\ndoor open.h: low\n")
        self.write("include/kindred/open.h", "#include <vector>\n")
        self.write("src/low/low.h", "#pragma once\n#include <cstdint>\n")
        self.write("src/low/low.cpp", '#include "low/low.h"\n\n#include "kindred/open.h"\n')
        self.write("src/high/high.cpp", '#include "low/low.h"\n#include <rocksdb/db.h>\n')
        self.write("apps/cli/main.cpp", '#include "local.h"\n#include "kindred/open.h"\n')
        self.write("apps/cli/local.h", "#pragma once\n")

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def assert_found(self, *parts):
        found = problems(self.root)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_is_sound(self):
        self.assertEqual(problems(self.root), [])

    def test_arrow_upwards(self):
        self.write("src/high/high.h", "#pragma once\n")
        self.write("src/low/low.cpp", '\n#include "high/high.h"\n')
        self.assert_found("src/low/low.cpp:2", "low may not include", "high")

    def test_arrow_through_the_door(self):
        self.write("src/rooms.txt", "low:\nhigh: low\ndoor open.h: high\n")
        self.assert_found("src/low/low.cpp:3", "kindred/open.h")

    def test_unit_test_obeys_the_same_arrows(self):
        self.write("src/high/high.h", "#pragma once\n")
        self.write("src/low/low_test.cpp", '#include "high/high.h"\n#include "support/temporary.h"\n')
        self.assert_found("src/low/low_test.cpp:1", "high")

    def test_support_is_for_tests(self):
        self.write("src/low/low.cpp", '#include "support/temporary.h"\n')
        self.assert_found("src/low/low.cpp:1", "no room")

    def test_cycle(self):
        self.write("src/rooms.txt", "low: high\nhigh: low\ndoor open.h: low\n")
        self.assert_found("cycle", "low -> high -> low")

    def test_room_that_is_not_listed(self):
        self.write("src/cellar/cellar.h", "#pragma once\n")
        self.assert_found("src/cellar/cellar.h", "cellar is not in rooms.txt")

    def test_row_that_names_an_unknown_room(self):
        self.write("src/rooms.txt", "low:\nhigh: low attic\ndoor open.h: low\n")
        self.assert_found("attic has no line")

    def test_row_that_is_malformed(self):
        self.write("src/rooms.txt", "low:\nhigh: low\nHigh, low\ndoor open.h: low\n")
        self.assert_found("rooms.txt:3", "High, low")

    def test_public_header_that_is_not_listed(self):
        self.write("include/kindred/hidden.h", "")
        self.assert_found("include/kindred/hidden.h", "not listed")

    def test_listed_header_that_is_missing(self):
        self.write("src/rooms.txt", "low:\nhigh: low\ndoor open.h: low\ndoor gone.h: low\n")
        self.assert_found("gone.h", "no such header")

    def test_door_that_is_too_wide(self):
        names = [f"chapter{letter}.h" for letter in "abcdefghijklmnopqrst"]
        for name in names:
            self.write(f"include/kindred/{name}", "")
        self.write("src/rooms.txt",
                   "low:\nhigh: low\ndoor open.h: low\n" + "".join(f"door {name}: low\n" for name in names))
        self.assert_found("21 headers")

    def test_public_header_that_shows_a_library(self):
        self.write("include/kindred/open.h", "#include <rocksdb/db.h>\n")
        self.assert_found("include/kindred/open.h:1", "rocksdb/db.h", "standard library")

    def test_public_header_that_shows_a_room(self):
        self.write("include/kindred/open.h", '#include "low/low.h"\n')
        self.assert_found("include/kindred/open.h:1", "not public")

    def test_brackets_do_not_hide_an_arrow(self):
        self.write("src/low/low.cpp", "#include <high/high.h>\n")
        self.assert_found("src/low/low.cpp:1", "quotes")

    def test_program_stands_on_the_public_door(self):
        self.write("apps/cli/main.cpp", '#include "low/low.h"\n')
        self.assert_found("apps/cli/main.cpp:1", "low/low.h")

    def test_program_may_be_given_a_room(self):
        self.write("src/rooms.txt", "low:\nhigh: low\ndoor open.h: low\napp cli: low\n")
        self.write("apps/cli/main.cpp", '#include "low/low.h"\n')
        self.assertEqual(problems(self.root), [])


if __name__ == "__main__":
    unittest.main()
