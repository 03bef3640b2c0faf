#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""units - each host/<room>/<file>.c has its tests/unit/<room>/test_<file>.c, and that is built and run."""

import re

import tree

# "path" → why it has none. They may only become fewer: take a row out when its test is there, and lower the count.
WITHOUT = {
    "host/broker/main.c": "starts what the other files do; the integration tests run it",
    "host/worker/main.c": "the same",
    "host/core/contract_objects.c": "test_contract.c and test_describe.c walk through all of it",
    "host/pki/provider_key.c": "OpenSSL alone calls it, by its tables, for a provided key: test_provider.c, for each kind",
    "host/pki/provider_open.c": "the same",
    "host/pki/provider_sign.c": "the same",
}
WITHOUT_COUNT = 6


def built_in(cmake, room):
    """The files whose tests a room's CMakeLists.txt builds: of each foreach(file …) and each ukb_test(room file …)."""
    text = re.sub(r"#.*", "", cmake.read_text()) if cmake.is_file() else ""
    lists = re.findall(r"foreach\(file\s([^)]*)\)", text)
    return {file for files in lists for file in files.split()} | set(re.findall(rf"ukb_test\({room}\s+(\w+)", text))


def check(path, needed):
    name, room, file = tree.name_of(path), path.parent.name, path.stem
    test = tree.ROOT / "tests/unit" / room / f"test_{file}.c"
    built = test.parent / "CMakeLists.txt"
    if not test.is_file():
        needed.add(name)
        if name not in WITHOUT:
            yield f"{name} has no unit test; write {tree.name_of(test)}, with what a peer, a user or a module can do wrong"
    elif "cmocka_run_group_tests" not in test.read_text(errors="replace"):
        yield f"{tree.name_of(test)} runs no test"
    elif file not in built_in(built, room):
        yield f"{tree.name_of(test)} is not built; name {file} in {tree.name_of(built)}"


needed, faults = set(), []
sources = [path for path in tree.c_files(".c") if path.parent.parent == tree.HOST]
for path in sources:
    faults += check(path, needed)
faults += [f"tests/lint/units.py: {row} needs no exception any more; take the row out" for row in sorted(set(WITHOUT) - needed)]
if len(WITHOUT) != WITHOUT_COUNT:
    faults.append(f"tests/lint/units.py: {len(WITHOUT)} exceptions, {WITHOUT_COUNT} counted: they may only become fewer")
tree.finish(faults, sources)
