#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rooms - a room of the host includes and links the rooms below it, and nothing else.

Rooms of one floor never include each other. What two of them need belongs in a room below both, or the caller above
passes it down as a parameter or as a struct of function pointers.
"""

import re

import tree

GROUND = {"core"}
FLOOR_1 = {"platform", "secret", "pki", "store"}
FLOOR_2 = {"policy", "dialog", "token", "card", "net"}

ALLOWED = {
    "core": set(),
    "platform": GROUND,
    "secret": GROUND,
    "pki": GROUND,
    "store": GROUND,
    "policy": GROUND | {"platform"},
    "dialog": GROUND | {"platform", "secret"},
    "token": GROUND | {"platform", "secret"},
    "card": GROUND | {"platform"},
    "net": GROUND | {"pki"},
    "hold": GROUND | {"platform", "secret", "dialog", "token"},
    "renewal": GROUND | FLOOR_1 | FLOOR_2 | {"hold"},
    "doctor": GROUND | {"platform", "store", "policy"},
    "worker": GROUND | FLOOR_1 | FLOOR_2 | {"hold", "renewal", "doctor"},
    "broker": GROUND | {"platform", "policy"},
}


def reach(room):
    return ", ".join(sorted(ALLOWED[room])) or "no other room"


def check_includes(path, room):
    faults = []
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not found:
            continue
        where = f"{tree.name_of(path)}:{number}"
        other = found.group(1).split("/")[0]
        if "/" not in found.group(1) or ".." in found.group(1).split("/"):
            faults.append(f'{where}: name the room: #include "{room}/{found.group(1).split("/")[-1]}"')
        elif other not in ALLOWED:
            faults.append(f'{where}: "{other}" is no room; headers of libraries stand in <angle brackets>')
        elif other != room and other not in ALLOWED[room]:
            faults.append(
                f"{where}: {room} may include {reach(room)}; not {other}. "
                "Move what is shared down, or let the caller pass it in."
            )
    return faults


def check_links(path, room):
    text = re.sub(r"#.*", "", path.read_text())
    calls = re.findall(r"ukb_room\(([^)]*)\)", text) + re.findall(r"target_link_libraries\(([^)]*)\)", text)
    linked = {name for call in calls for name in re.findall(r"\bukb_(\w+)", call)} - {room, "flags"}
    return [
        f"{tree.name_of(path)}: {room} may link {reach(room)}; not {other}"
        for other in sorted(linked)
        if other in ALLOWED and other not in ALLOWED[room]
    ]


faults = []
checked = 0
for path in tree.files(tree.HOST):
    room = path.relative_to(tree.HOST).parts[0]
    if path.suffix in (".c", ".h") and room not in ALLOWED:
        faults.append(f"{tree.name_of(path)}: {room} is no room yet; give it a row in {tree.name_of(tree.ROOT / 'tests/lint/rooms.py')}")
    elif path.suffix in (".c", ".h"):
        faults += check_includes(path, room)
        checked += 1
    elif path.name == "CMakeLists.txt" and room in ALLOWED:
        faults += check_links(path, room)
tree.finish(faults, checked)
