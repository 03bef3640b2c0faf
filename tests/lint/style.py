#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""style - what a reviewer should not have to count: lengths, licence lines, leftovers, and where the system is called."""

import re

import tree

FUNCTION_MAX_LINES = 80
FILE_MAX_LINES = 450

# "path" or "path:function" → lines it may have. These may only shrink; a row that is not needed is a fault.
TOO_LONG = {
}

POSIX_HEADER = re.compile(
    r"\s*#\s*include\s+<((?:sys|arpa|netinet|net)/[^>]+|(?:unistd|fcntl|dlfcn|pthread|poll|dirent|pwd|grp|spawn|syslog|"
    r"termios|strings|netdb|sched|glob|ftw|libgen|utime|semaphore|mqueue|langinfo)\.h)>"
)
WINDOWS_HEADER = re.compile(r"\s*#\s*include\s+<((?:windows|winsock2|ws2tcpip|shlobj|winscard|wincred)\.h)>", re.I)

SOURCES = {".c", ".h", ".cmake", ".py", ".sh", ".js", ".mjs", ".css", ".html"}
TEXTS = SOURCES | {".md", ".json", ".txt", ".in"}
LEFTOVER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")


def is_script(path):
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def functions(lines):
    """(name, lines) of every function: its brace stands alone in the first column."""
    start = None
    for number, line in enumerate(lines):
        if line == "{" and start is None:
            start = number
        elif line == "}" and start is not None:
            head = " ".join(lines[max(0, start - 8) : start])
            names = re.findall(r"(\w+)\(", re.split(r"[};]\s", head)[-1])
            yield (names[0] if names else "?", number - start + 1)
            start = None
        elif line.startswith("}"):
            start = None  # of a table or a struct


def check_length(what, lines, limit, needed):
    allowed = TOO_LONG.get(what, limit)
    if lines > limit:
        needed.add(what)
    if lines > allowed:
        yield f"{what} has {lines} lines, {allowed} are allowed: what is its second job?"


def check_lengths(needed):
    for path in tree.c_files():
        lines = path.read_text(errors="replace").splitlines()
        yield from check_length(tree.name_of(path), len(lines), FILE_MAX_LINES, needed)
        for name, count in functions(lines):
            yield from check_length(f"{tree.name_of(path)}:{name}", count, FUNCTION_MAX_LINES, needed)


def check_system_headers():
    for path in tree.c_files():
        name = tree.name_of(path)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            posix, windows = POSIX_HEADER.match(line), WINDOWS_HEADER.match(line)
            if posix and not re.fullmatch(r"host/platform/posix\w*\.c", name):
                yield f"{name}:{number}: <{posix.group(1)}> is for host/platform/posix*.c; call platform/ instead"
            if windows and not re.fullmatch(r"host/platform/win32\w*\.c", name):
                yield f"{name}:{number}: <{windows.group(1)}> is for host/platform/win32*.c; call platform/ instead"


def check_text(path):
    name = tree.name_of(path)
    source = path.suffix in SOURCES or path.name == "CMakeLists.txt" or is_script(path)
    if not (source or path.suffix in TEXTS) or "corpus" in path.parts or path.name == "package-lock.json":
        return
    text = path.read_text(errors="replace")
    if source and text and "SPDX-License-Identifier: MIT" not in "\n".join(text.splitlines()[:5]):
        yield f"{name}: begin it with SPDX-License-Identifier: MIT"
    for number, line in enumerate(text.splitlines(), 1):
        if source and LEFTOVER.search(line):
            yield f"{name}:{number}: finish it or file it; the tree holds no reminders"
        if line != line.rstrip():
            yield f"{name}:{number}: white space at the end of the line"
    if text and not text.endswith("\n"):
        yield f"{name}: the last line does not end"


def unneeded(table, needed):
    for row in sorted(set(table) - needed):
        yield f"tests/lint/style.py: {row} needs no exception any more; take the row out"


long_ones, checked = set(), 0
faults = [*check_lengths(long_ones), *check_system_headers(), *unneeded(TOO_LONG, long_ones)]
for path in tree.files():
    faults += check_text(path)
    checked += 1
tree.finish(faults, checked)
