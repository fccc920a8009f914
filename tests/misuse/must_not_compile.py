"""must_not_compile.py COMPILER INCLUDE_FOLDER FILE

FILE must compile as it is, and with KINDRED_MISUSE defined fail with the message that its line `// expect: REGEX` names. The
first half is what makes the second mean something: the misuse is the only thing wrong with the file.
"""

import re
import subprocess
import sys

compiler, include, file = sys.argv[1:]
expected = re.search(r"^// expect: (.+)$", open(file, encoding="utf-8").read(), re.MULTILINE)[1]


def compile_it(*flags):
    command = [compiler, "-std=c++23", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{include}", *flags, file]
    return subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})


proper = compile_it()
if proper.returncode != 0:
    sys.exit(f"{file} does not compile even without the misuse:\n{proper.stderr}")
misuse = compile_it("-DKINDRED_MISUSE")
if misuse.returncode == 0:
    sys.exit(f"{file} compiles with the misuse in it")
if not re.search(expected, misuse.stderr):
    sys.exit(f"{file}: the compiler refuses, but says nothing like {expected!r}:\n{misuse.stderr}")
