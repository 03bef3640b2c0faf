# SPDX-License-Identifier: MIT
"""The card's own rules, which OpenSC never breaks and therefore never shows."""

import unittest

import apdu
from applet import Applet

PIN = b"1111\xff\xff\xff\xff"
PUK = b"22222222"
SELECT_MASTER = "00a40000023f00"
CREATE = "00e0000019621780020010820101830212348603{}850200008a0100"


class AppletTest(unittest.TestCase):
    def setUp(self):
        self.card = Applet(1000, bytes(10))
        self.send("00da0101" + "12" + (PIN + PUK).hex() + "0302", 0x9000)

    def send(self, command, status):
        """The data answered to a command in hexadecimal, which must end with that status word."""
        response = self.card.transmit(bytes.fromhex(command))
        self.assertEqual(f"{status:04x}", response[-2:].hex())
        return response[:-2]

    def activate(self):
        self.send("00440400", apdu.OK)

    def verify(self, pin, status):
        self.send("0020000108" + pin.hex(), status)

    def test_conditions_hold_once_the_card_is_active(self):
        self.send(CREATE.format("011fff"), apdu.OK)  # read by anybody, update and delete with PIN 1
        self.send("00d6000001aa", apdu.OK)
        self.activate()
        self.assertEqual(b"\xaa\0", self.send("00b0000002", apdu.OK))
        self.send("00d6000001bb", apdu.SECURITY_NOT_SATISFIED)
        self.send("00e40000021234", apdu.SECURITY_NOT_SATISFIED)
        self.verify(PIN, apdu.OK)
        self.send("00d6000001bb", apdu.OK)
        self.card.reset()
        self.send("00a40000021234", apdu.OK)
        self.send("00d6000001cc", apdu.SECURITY_NOT_SATISFIED)

    def test_a_key_is_used_with_the_pin_only(self):
        self.send("00e000001962178002010082012283024b0186031111ff850200008a0100", apdu.OK)
        self.activate()
        self.send("00460000", apdu.SECURITY_NOT_SATISFIED)
        self.verify(PIN, apdu.OK)
        self.send("00460000", apdu.OK)
        self.assertEqual(b"\x86\x41\x04", self.send("00ca018600", apdu.OK)[:3])
        self.send("002e0000", apdu.OK)
        self.send("002241b6" + "0a" + "80010481024b01840100", apdu.OK)
        self.send("002a9e9a20" + bytes(32).hex() + "00", apdu.SECURITY_NOT_SATISFIED)

    def test_wrong_pins_are_counted_until_the_pin_is_blocked(self):
        self.send("00200001", 0x63C3)
        self.verify(PUK, 0x63C2)
        self.verify(PUK, 0x63C1)
        self.verify(PUK, apdu.AUTHENTICATION_BLOCKED)
        self.verify(PIN, apdu.AUTHENTICATION_BLOCKED)
        self.send("00200001", apdu.AUTHENTICATION_BLOCKED)

    def test_a_right_pin_gives_the_tries_back(self):
        self.verify(PUK, 0x63C2)
        self.verify(PIN, apdu.OK)
        self.card.reset()
        self.send("00200001", 0x63C3)

    def test_the_puk_unblocks_and_is_blocked_itself(self):
        for _ in range(3):
            self.card.transmit(bytes.fromhex("0020000108" + PUK.hex()))
        self.send("002c000110" + (PUK + PUK).hex(), apdu.OK)
        self.verify(PUK, apdu.OK)
        self.send("002c000110" + (PIN + PIN).hex(), 0x63C1)
        self.send("002c000110" + (PIN + PIN).hex(), apdu.AUTHENTICATION_BLOCKED)
        self.send("002c000110" + (PUK + PIN).hex(), apdu.AUTHENTICATION_BLOCKED)

    def test_changing_a_pin_wants_the_present_one(self):
        self.send("0024000110" + (PUK + PUK).hex(), 0x63C2)
        self.send("0024000110" + (PIN + PUK).hex(), apdu.OK)
        self.verify(PUK, apdu.OK)

    def test_memory_ends_and_comes_back(self):
        self.send(CREATE.format("000000"), apdu.OK)
        self.send(SELECT_MASTER, apdu.OK)
        self.send(CREATE.format("000000"), apdu.FILE_EXISTS)
        self.send("00e0000019621780020400820101830212358603000000850200008a0100", apdu.NOT_ENOUGH_MEMORY)
        before = self.card.files.used()
        self.send("a0e40000021234", apdu.OK)
        self.assertEqual(before - 32, self.card.files.used())
        self.send("00a40000021234", apdu.FILE_NOT_FOUND)

    def test_erase_and_offsets(self):
        self.send(CREATE.format("000000"), apdu.OK)
        self.send("00d6000004aabbccdd", apdu.OK)
        self.send("000e0001020003", apdu.OK)
        self.assertEqual(b"\xaa\0\0\xdd", self.send("00b0000004", apdu.OK))
        self.send("00d6000f02aabb", apdu.WRONG_LENGTH)
        self.send("00b0001100", apdu.WRONG_OFFSET)

    def test_long_commands_and_answers(self):
        self.send(CREATE.replace("80020010", "80020200").format("000000"), apdu.OK)
        self.send("10d60000ff" + "aa" * 255, apdu.OK)
        self.send("00d6000002bbcc", apdu.OK)
        self.assertEqual(b"\xaa\xbb\xcc\0", self.send("00b000fe04", apdu.OK))
        self.assertEqual(0x12C, len(self.send("00b0000000012c", apdu.OK)))  # extended
        self.send("00d60000000005aa", apdu.WRONG_LENGTH)

    def test_what_it_does_not_know(self):
        self.send("80a40000023f00", apdu.CLASS_NOT_SUPPORTED)
        self.send("00fe0000", apdu.INSTRUCTION_NOT_SUPPORTED)
        self.send("00a4", apdu.WRONG_LENGTH)
        self.send("00ca01ff00", apdu.REFERENCED_DATA_NOT_FOUND)

    def test_state_survives_a_copy(self):
        self.send(CREATE.format("011fff"), apdu.OK)
        self.verify(PUK, 0x63C2)
        self.activate()
        other = Applet(1000, b"")
        other.from_json(self.card.to_json())
        self.assertEqual(self.card.to_json(), other.to_json())
        self.assertEqual(b"\x63\xc2", other.transmit(bytes.fromhex("00200001")))


if __name__ == "__main__":
    unittest.main()
