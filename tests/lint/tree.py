# SPDX-License-Identifier: MIT
"""tree - what the lint scripts share: where the project is, its files, and how a script ends."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = ROOT / "host"

_SKIPPED = {".git", "node_modules", "out", "__pycache__"}


def files(top=ROOT):
    """Every file below top but those that are built or downloaded."""
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith("build"))
        for name in sorted(names):
            yield pathlib.Path(folder) / name


def c_files(*suffixes):
    return [path for path in files(HOST) if path.suffix in (suffixes or (".c", ".h"))]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def finish(faults, checked):
    """Print the faults and leave: 1 with any, 1 also when nothing was looked at."""
    for fault in faults:
        print(fault)
    if not checked:
        print("nothing was checked: is the tree where this script thinks it is?")
    sys.exit(1 if faults or not checked else 0)
