# SPDX-License-Identifier: MIT
"""apdu - commands and status words of ISO/IEC 7816-4, and the BER-TLV that they carry."""

from dataclasses import dataclass

SHORT_LE_MAX = 256
EXTENDED_LE_MAX = 65536
CHAINING = 0x10

OK = 0x9000
WRONG_LENGTH = 0x6700
SECURITY_NOT_SATISFIED = 0x6982
AUTHENTICATION_BLOCKED = 0x6983
CONDITIONS_NOT_SATISFIED = 0x6985
COMMAND_NOT_ALLOWED = 0x6986
WRONG_DATA = 0x6A80
FUNCTION_NOT_SUPPORTED = 0x6A81
FILE_NOT_FOUND = 0x6A82
NOT_ENOUGH_MEMORY = 0x6A84
WRONG_PARAMETERS = 0x6A86
REFERENCED_DATA_NOT_FOUND = 0x6A88
FILE_EXISTS = 0x6A89
WRONG_OFFSET = 0x6B00
INSTRUCTION_NOT_SUPPORTED = 0x6D00
CLASS_NOT_SUPPORTED = 0x6E00


class CardError(Exception):
    """A command ends with this status word and no data."""

    def __init__(self, status):
        super().__init__(f"{status:04X}")
        self.status = status


def tries_left(count):
    """63CX: verification failed, X further tries."""
    return 0x63C0 | min(count, 15)


@dataclass
class Command:
    """A command APDU; `le` is None where no answer is expected."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    le: int | None

    @property
    def p1p2(self):
        return self.p1 << 8 | self.p2


def parse(raw):
    """Read the cases 1 to 4, short and extended (7816-4 §5.1)."""
    if len(raw) < 4:
        raise CardError(WRONG_LENGTH)
    head, body = raw[:4], raw[4:]
    if len(body) >= 3 and body[0] == 0:
        count = int.from_bytes(body[1:3], "big")
        if len(body) == 3:
            return Command(*head, b"", count or EXTENDED_LE_MAX)
        size, rest, le_max = 2, body[3:], EXTENDED_LE_MAX
    elif len(body) > 1:
        count, size, rest, le_max = body[0], 1, body[1:], SHORT_LE_MAX
    else:
        return Command(*head, b"", (body[0] or SHORT_LE_MAX) if body else None)
    if len(rest) == count:
        return Command(*head, rest, None)
    if len(rest) == count + size:
        return Command(*head, rest[:count], int.from_bytes(rest[count:], "big") or le_max)
    raise CardError(WRONG_LENGTH)


def tlv(tag, value):
    """One data object, BER."""
    size = len(value)
    if size < 0x80:
        length = bytes([size])
    elif size < 0x100:
        length = bytes([0x81, size])
    else:
        length = b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + value


def objects(data):
    """The data objects of `data`, {tag: value}; tags of one byte."""
    found = {}
    at = 0
    while at < len(data):
        try:
            tag, size, at = data[at], data[at + 1], at + 2
            if size > 0x80:
                count = size & 0x7F
                size, at = int.from_bytes(data[at : at + count], "big"), at + count
        except IndexError:
            raise CardError(WRONG_DATA) from None
        if at + size > len(data):
            raise CardError(WRONG_DATA)
        found[tag] = data[at : at + size]
        at += size
    return found
