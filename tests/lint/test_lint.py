#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each lint rule in a tree of its own: it passes what is right and finds the one fault that is planted."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SPDX = "/* SPDX-License-Identifier: MIT */\n"


class Lint(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)
        for script in HERE.glob("*.py"):
            self.plant(f"tests/lint/{script.name}", script.read_text())
        # Exceptions of the real tree are rows too many in this one.
        style = self.top / "tests/lint/style.py"
        style.write_text(style.read_text().replace("TOO_LONG = {", "TOO_LONG = {}\n_REAL_LENGTHS = {"))
        units = self.top / "tests/lint/units.py"
        units.write_text(units.read_text().replace("WITHOUT = {", "WITHOUT = {}\n_REAL = {")
                         .replace("\nWITHOUT_COUNT = ", "\nWITHOUT_COUNT = 0  # "))
        self.plant("tests/unit/core/test_good.c", SPDX + "/* cmocka_run_group_tests() */\n")
        self.plant("tests/unit/core/CMakeLists.txt", "# SPDX-License-Identifier: MIT\nukb_test(core good)\n")
        self.plant("host/core/good.c", SPDX + '#include "core/good.h"\n')
        self.plant("host/core/good.h", SPDX + "int ukb_good(void);\n")

    def plant(self, name, text):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_rule(self, rule, *args):
        script = self.top / "tests/lint" / f"{rule}.py"
        return subprocess.run([sys.executable, "-B", script, *args], capture_output=True, text=True)

    def passes(self, rule, *args):
        done = self.run_rule(rule, *args)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def finds(self, rule, words, *args):
        done = self.run_rule(rule, *args)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(words, done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), 1, done.stdout)

    def test_a_good_tree_passes(self):
        for rule in ("rooms", "style", "headers", "units"):
            self.passes(rule)

    def test_an_empty_tree_is_not_a_pass(self):
        shutil.rmtree(self.top / "host")
        self.finds("rooms", "nothing was checked")
        self.finds("headers", "nothing was checked")
        self.finds("units", "nothing was checked")
        self.finds("symbols", "nothing was checked")

    def test_a_room_may_not_include_a_higher_one(self):
        self.plant("host/core/bad.c", SPDX + '#include "token/login.h"\n')
        self.finds("rooms", "core may include no other room; not token")

    def test_rooms_of_one_floor_do_not_include_each_other(self):
        self.plant("host/token/bad.c", SPDX + '#  include "dialog/dialog.h"\n')
        self.finds("rooms", "not dialog")

    def test_an_include_names_its_room(self):
        self.plant("host/core/bad.c", SPDX + '#include "good.h"\n')
        self.finds("rooms", "name the room")

    def test_a_way_around_by_dots_is_found(self):
        self.plant("host/core/bad.c", SPDX + '#include "core/../token/login.h"\n')
        self.finds("rooms", "name the room")

    def test_an_unknown_room_needs_a_row(self):
        self.plant("host/cellar/bad.c", SPDX)
        self.finds("rooms", "cellar is no room yet")

    def test_a_library_of_a_library_stands_in_angle_brackets(self):
        self.plant("host/core/bad.c", SPDX + '#include "cjson/cJSON.h"\n')
        self.finds("rooms", "angle brackets")

    def test_a_room_may_not_link_a_higher_one(self):
        self.plant("host/pki/CMakeLists.txt", "# SPDX-License-Identifier: MIT\nukb_room(pki LINKS ukb_core ukb_store)\n")
        self.finds("rooms", "pki may link core; not store")

    def test_long_files_and_functions_are_found(self):
        self.plant("host/core/long.c", SPDX + "int a;\n" * 450)
        self.finds("style", "host/core/long.c has 451 lines")
        self.plant("host/core/long.c", SPDX + "static int\nlengthy(int a,\n        int b)\n{\n" + "    a++;\n" * 79 + "}\n")
        self.finds("style", "host/core/long.c:lengthy has 81 lines")

    def test_an_exception_that_is_not_needed_is_a_fault(self):
        style = self.top / "tests/lint/style.py"
        style.write_text(style.read_text().replace("TOO_LONG = {}", 'TOO_LONG = {"host/core/good.c": 500}', 1))
        self.finds("style", "needs no exception any more")

    def test_the_system_is_called_in_platform_only(self):
        for header in ("unistd.h", "sys/stat.h", "pthread.h", "dlfcn.h", "fcntl.h"):
            self.plant("host/core/bad.c", SPDX + f"#include <{header}>\n")
            self.finds("style", f"<{header}> is for host/platform/posix*.c")
            self.plant("host/core/bad.c", SPDX)
            self.plant("host/platform/posix_file.c", SPDX + f"#include <{header}>\n")
            self.passes("style")
        self.plant("host/platform/posix_file.c", SPDX + "#include <windows.h>\n")
        self.finds("style", "win32*.c")

    def test_a_source_without_its_licence_is_found(self):
        self.plant("extension/a.js", "export {};\n")
        self.finds("style", "SPDX")
        (self.top / "extension/a.js").unlink()
        self.plant("packaging/demo", "#!/bin/sh\n")
        self.finds("style", "SPDX")

    def test_reminders_and_stray_white_space_are_found(self):
        self.plant("host/core/bad.c", SPDX + "/* TO" + "DO: more */\n")
        self.finds("style", "no reminders")
        self.plant("host/core/bad.c", SPDX + "int a; \n")
        self.finds("style", "white space")
        self.plant("host/core/bad.c", SPDX + "int a;")
        self.finds("style", "does not end")

    def test_a_header_that_needs_another_is_found(self):
        self.plant("host/core/bad.h", SPDX + "size_t ukb_bad(void);\n")
        self.finds("headers", "host/core/bad.h does not compile alone")

    def test_a_file_without_a_test_is_found(self):
        self.plant("host/core/bad.c", SPDX)
        self.finds("units", "host/core/bad.c has no unit test; write tests/unit/core/test_bad.c")
        self.plant("tests/unit/core/test_bad.c", SPDX)
        self.finds("units", "tests/unit/core/test_bad.c runs no test")
        self.plant("tests/unit/core/test_bad.c", SPDX + "/* cmocka_run_group_tests() */\n")
        self.finds("units", "tests/unit/core/test_bad.c is not built")
        self.plant("tests/unit/core/CMakeLists.txt", "foreach(file good # bad\n        badly)\n")
        self.finds("units", "tests/unit/core/test_bad.c is not built")
        self.plant("tests/unit/core/CMakeLists.txt", "foreach(file good\n        bad)\n")
        self.passes("units")

    def test_exceptions_from_tests_only_become_fewer(self):
        units = self.top / "tests/lint/units.py"
        self.plant("host/core/bad.c", SPDX)
        allowed = units.read_text().replace("WITHOUT = {}", 'WITHOUT = {"host/core/bad.c": "why"}', 1)
        units.write_text(allowed)
        self.finds("units", "1 exceptions, 0 counted")
        units.write_text(allowed.replace("WITHOUT_COUNT = 0", "WITHOUT_COUNT = 1"))
        self.passes("units")
        (self.top / "host/core/bad.c").unlink()
        self.finds("units", "host/core/bad.c needs no exception any more")

    def test_a_symbol_without_prefix_is_found(self):
        source = self.plant("a.c", "int ukb_good; int bad(void); int bad(void) { return 0; } static int ours; "
                                   "int main(void) { return ours; }\n")
        subprocess.run(["cc", "-c", source, "-o", self.top / "a.o"], check=True)
        subprocess.run(["ar", "rc", self.top / "a.a", self.top / "a.o"], check=True)
        self.finds("symbols", "bad is exported", self.top / "a.a")


if __name__ == "__main__":
    unittest.main()
