#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""symbols - what our libraries export starts with ukb_: a vendor's module in the same process has names, too.

usage: symbols.py library.a…
"""

import pathlib
import re
import subprocess
import sys

import tree

# The compiler's own: ASan marks the globals that it guards.
COMPILERS_OWN = re.compile(r"__odr_asan|__asan_|__sancov_|__start___|__stop___|DW\.ref\.")

faults = []
checked = 0
for library in sys.argv[1:]:
    if not pathlib.Path(library).exists():
        faults.append(f"{library} is not built; build everything before the tests")
        continue
    listing = subprocess.run(["nm", "-A", "-g", "--defined-only", library], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        place, _, rest = line.rpartition(":")
        symbol = rest.split()[-1]
        checked += 1
        if symbol != "main" and not symbol.startswith("ukb_") and not COMPILERS_OWN.match(symbol):
            faults.append(f"{place.rsplit('/', 1)[-1]}: {symbol} is exported; make it static or call it ukb_<module>_…")
tree.finish(faults, checked)
