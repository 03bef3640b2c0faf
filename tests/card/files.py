# SPDX-License-Identifier: MIT
"""files - the card's file system: folders (DF), transparent files and key files, each with what it takes to use it."""

from dataclasses import dataclass, field

import apdu
from apdu import CardError

MASTER_FILE = 0x3F00
DF = 0x38
TRANSPARENT = 0x01
RSA_KEY = 0x11
EC_KEY = 0x22
TYPES = (DF, TRANSPARENT, RSA_KEY, EC_KEY)

# What the file system keeps for itself for each file, in bytes.
HEADER_LEN = 16

# How many numbers as long as the key are stored: RSA n, p, q, and three more for speed; EC a point and the secret.
KEY_ROOM = {RSA_KEY: 4, EC_KEY: 3}

NEVER = 15

# Where in the three bytes of conditions (tag 86) an action's is, in half bytes: 0 is always, 15 never, else a PIN.
CONDITIONS = {
    "create": 0,
    "read": 0,
    "crypto": 0,
    "update": 1,
    "delete": 2,
    "generate": 3,
}


@dataclass
class File:
    """One file. `path` is the ids from the master file on, as hexadecimal; `content` is what it holds."""

    path: str
    type: int
    size: int
    conditions: bytes = bytes(3)
    proprietary: bytes = bytes(2)
    name: bytes = b""
    content: bytearray = field(default_factory=bytearray)
    key: dict = field(default_factory=dict)

    @property
    def bits(self):
        """Of a key file: how long its key is."""
        return self.size

    @property
    def room(self):
        """Bytes of the card's memory that the file takes."""
        return HEADER_LEN + (self.size if self.type in (DF, TRANSPARENT) else KEY_ROOM[self.type] * self.bits // 8)

    @property
    def id(self):
        return int(self.path[-4:], 16)

    @property
    def parent(self):
        return self.path[:-4]

    @property
    def is_folder(self):
        return self.type == DF

    def condition(self, action):
        half = CONDITIONS[action]
        return self.conditions[half // 2] >> (0 if half % 2 else 4) & 0x0F

    def information(self, active):
        """The file control information that SELECT answers; no conditions apply to a card not `active`."""
        template = apdu.tlv(0x80, self.size.to_bytes(2, "big"))
        template += apdu.tlv(0x82, bytes([self.type]))
        template += apdu.tlv(0x83, self.id.to_bytes(2, "big"))
        template += apdu.tlv(0x86, self.conditions if active else bytes(3))
        template += apdu.tlv(0x85, self.proprietary)
        if self.name:
            template += apdu.tlv(0x84, self.name)
        template += apdu.tlv(0x8A, b"\x05" if active else b"\x01")
        return apdu.tlv(0x6F, template)

    def to_json(self):
        return {
            "path": self.path,
            "type": self.type,
            "size": self.size,
            "conditions": self.conditions.hex(),
            "proprietary": self.proprietary.hex(),
            "name": self.name.hex(),
            "content": self.content.hex(),
            "key": {name: value.hex() for name, value in self.key.items()},
        }

    @classmethod
    def from_json(cls, row):
        return cls(
            path=row["path"],
            type=row["type"],
            size=row["size"],
            conditions=bytes.fromhex(row["conditions"]),
            proprietary=bytes.fromhex(row["proprietary"]),
            name=bytes.fromhex(row["name"]),
            content=bytearray.fromhex(row["content"]),
            key={name: bytes.fromhex(value) for name, value in row["key"].items()},
        )


class FileSystem:
    """All files, and which one is selected. `space` is how many bytes files may take together."""

    def __init__(self, space):
        self.space = space
        self.files = {}
        self.current = None
        self.erase()

    def erase(self):
        self.files = {"3F00": File("3F00", DF, 0)}
        self.select_master()

    def select_master(self):
        self.current = self.files["3F00"]

    @property
    def folder(self):
        current = self.current
        return current if current.is_folder else self.files[current.parent]

    def used(self):
        return sum(file.room for file in self.files.values())

    def select(self, path):
        try:
            self.current = self.files[path]
        except KeyError:
            raise CardError(apdu.FILE_NOT_FOUND) from None
        return self.current

    def select_id(self, file_id):
        """By id: the master file, the folder itself, a file in it, a file beside it (7816-4 §7.1.1)."""
        name = f"{file_id:04X}"
        folder = self.folder.path
        for path in ("3F00" if file_id == MASTER_FILE else None, folder if folder.endswith(name) else None):
            if path:
                return self.select(path)
        for path in (folder + name, folder[:-4] + name):
            if path in self.files:
                return self.select(path)
        raise CardError(apdu.FILE_NOT_FOUND)

    def select_name(self, name):
        for file in self.files.values():
            if file.is_folder and file.name and file.name == name:
                self.current = file
                return file
        raise CardError(apdu.FILE_NOT_FOUND)

    def create(self, description):
        """Create a file in the current folder from a file control parameters template (tag 62)."""
        given = apdu.objects(apdu.objects(description).get(0x62, b""))
        if 0x82 not in given or len(given.get(0x83, b"")) != 2 or given[0x82][0] not in TYPES:
            raise CardError(apdu.WRONG_DATA)
        size = int.from_bytes(given.get(0x80, given.get(0x81, b"")), "big")
        path = self.folder.path + given[0x83].hex().upper()
        if path in self.files:
            raise CardError(apdu.FILE_EXISTS)
        made = File(
            path,
            given[0x82][0],
            size,
            conditions=given.get(0x86, bytes(3)).ljust(3, b"\0"),
            proprietary=given.get(0x85, bytes(2)),
            name=given.get(0x84, b""),
        )
        if self.used() + made.room > self.space:
            raise CardError(apdu.NOT_ENOUGH_MEMORY)
        if made.type == TRANSPARENT:
            made.content = bytearray(size)
        self.files[path] = made
        self.current = made

    def delete(self):
        """Delete the selected file and what is in it; its folder is selected then."""
        gone = self.current.path
        if gone == "3F00":
            raise CardError(apdu.COMMAND_NOT_ALLOWED)
        parent = self.files[gone[:-4]]
        self.files = {path: file for path, file in self.files.items() if not path.startswith(gone)}
        self.current = parent

    def content(self, offset):
        if self.current.type != TRANSPARENT:
            raise CardError(apdu.COMMAND_NOT_ALLOWED)
        if offset > self.current.size:
            raise CardError(apdu.WRONG_OFFSET)
        return self.current.content

    def read(self, offset, count):
        return bytes(self.content(offset)[offset : offset + count])

    def write(self, offset, data):
        content = self.content(offset)
        if offset + len(data) > len(content):
            raise CardError(apdu.WRONG_LENGTH)
        content[offset : offset + len(data)] = data

    def to_json(self):
        return [file.to_json() for file in self.files.values()]

    def from_json(self, rows):
        self.files = {row["path"]: File.from_json(row) for row in rows}
        self.select_master()
