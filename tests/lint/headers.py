#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""headers - every header of the host compiles alone: it includes what it needs, so the order of includes is free.

usage: headers.py [compiler]
"""

import concurrent.futures
import re
import subprocess
import sys

import tree

COMPILER = sys.argv[1] if len(sys.argv) > 1 else "cc"


def package_flags():
    """The include paths of every package that the host's CMake files ask for."""
    asked = set()
    for path in tree.files(tree.HOST):
        if path.name == "CMakeLists.txt":
            for found in re.finditer(r"pkg_check_modules\(([^)]*)\)", path.read_text()):
                words = [w for w in found.group(1).split()[1:] if w not in ("REQUIRED", "QUIET", "IMPORTED_TARGET")]
                asked.update(re.split(r"[<>=]", w)[0] for w in words)
    flags = set()
    for package in sorted(asked):
        done = subprocess.run(["pkg-config", "--cflags", package], capture_output=True, text=True)
        flags.update(done.stdout.split())
    return sorted(flags)


FLAGS = ["-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-D_POSIX_C_SOURCE=200809L", "-I", str(tree.HOST)]
FLAGS += package_flags()


def check(path):
    """banned.h is left out on purpose: the build puts it before everything, which hides a forgotten include."""
    done = subprocess.run([COMPILER, *FLAGS, "-x", "c", str(path)], capture_output=True, text=True)
    if done.returncode == 0:
        return []
    first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr.strip())
    return [f"{tree.name_of(path)} does not compile alone; let it include what it uses: {first}"]


headers = [h for h in tree.c_files(".h") if not h.name.startswith("win32")]
with concurrent.futures.ThreadPoolExecutor() as pool:
    tree.finish([fault for faults in pool.map(check, headers) for fault in faults], headers)
