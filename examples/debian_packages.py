#!/usr/bin/env python3
"""Writes a corpus that every Debian or Ubuntu machine has: each package's name and one-line description, as JSON Lines.

    examples/debian_packages.py packages.jsonl
    kindred add packages packages.jsonl --id-field id --model all-MiniLM-L6-v2
    kindred search packages "keep track of my money"

The text that is embedded is "name: description", since the name often says what the description doesn't; the section ("graphics",
"net") stays with it as a field.
"""

import json
import os
import subprocess
import sys


def packages():
    """(name, description, section) of each package in the machine's lists, once each, in the order of the lists."""
    lists = subprocess.run(["apt-cache", "dumpavail"], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")
    seen = set()
    for paragraph in lists.split("\n\n"):
        fields = {}
        for line in paragraph.split("\n"):
            name, colon, value = line.partition(":")
            if colon and not line.startswith(" "):
                fields[name] = value.strip()
        package = fields.get("Package")
        description = fields.get("Description") or fields.get("Description-en")
        if package and description and package not in seen:
            seen.add(package)
            yield package, description, fields.get("Section", "")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: debian_packages.py FILE.jsonl")
    aside = sys.argv[1] + ".new"
    with open(aside, "w", encoding="utf-8") as file:
        for package, description, section in packages():
            file.write(json.dumps({"id": package, "text": f"{package}: {description}", "section": section}) + "\n")
    os.replace(aside, sys.argv[1])


if __name__ == "__main__":
    main()
