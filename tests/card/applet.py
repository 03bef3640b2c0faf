# SPDX-License-Identifier: MIT
"""applet - the card itself: takes a command APDU, answers a response APDU.

The card behaves as one that OpenSC drives as "MyEID": a file system of ISO/IEC 7816-4 that PKCS #15 structures are put
into from outside, keys in files of their own, and GET DATA and PUT DATA 01xx for what the standard leaves to the card.
"""

import os

import apdu
from apdu import CardError
from files import NEVER, FileSystem
from pins import Pins
from security import Security

APPLICATION = bytes.fromhex("A000000063504B43532D3135")  # PKCS-15
VERSION = bytes([4, 0, 5])
PROPRIETARY = {(0xA0, 0xE4)}  # DELETE FILE comes in the class of SIM cards
FEATURES = 0x0001 | 0x0008  # RSA, EC
MAX_RSA_BITS = 3072
MAX_EC_BITS = 384


class Applet:
    """State that lasts: `files`, `pins`, `serial`, `active`. The rest ends with the power."""

    def __init__(self, space, serial):
        self.files = FileSystem(space)
        self.pins = Pins()
        self.security = Security(self)
        self.serial = serial
        self.active = False  # until it is, nothing asks for a PIN
        self.reset()
        self.instructions = {
            0x20: self.verify,
            0x22: self.manage_security,
            0x24: self.change_reference_data,
            0x2A: self.perform_security_operation,
            0x2C: self.reset_retry_counter,
            0x2E: self.log_out,
            0x44: self.activate,
            0x46: self.generate,
            0x84: self.get_challenge,
            0x86: self.general_authenticate,
            0xA4: self.select,
            0xB0: self.read_binary,
            0x0E: self.erase_binary,
            0xC0: self.get_response,
            0xCA: self.get_data,
            0xD6: self.update_binary,
            0xDA: self.put_data,
            0xE0: self.create_file,
            0xE4: self.delete_file,
        }

    def reset(self):
        """Power on."""
        self.pins.verified.clear()
        self.security.reset()
        self.files.select_master()
        self.chained = b""
        self.waiting = b""  # of a response that was too long

    def demand(self, file, action):
        """Refuse what the file's conditions do not allow now."""
        condition = file.condition(action)
        if not self.active or condition == 0 or condition in self.pins.verified:
            return
        raise CardError(apdu.COMMAND_NOT_ALLOWED if condition == NEVER else apdu.SECURITY_NOT_SATISFIED)

    def transmit(self, raw):
        """One command; bytes of the response with its status word."""
        try:
            command = apdu.parse(raw)
            if command.cla & ~apdu.CHAINING and (command.cla, command.ins) not in PROPRIETARY:
                raise CardError(apdu.CLASS_NOT_SUPPORTED)
            if command.cla == apdu.CHAINING:
                self.chained += command.data
                return apdu.OK.to_bytes(2, "big")
            command.data, self.chained = self.chained + command.data, b""
            instruction = self.instructions.get(command.ins)
            if instruction is None:
                raise CardError(apdu.INSTRUCTION_NOT_SUPPORTED)
            data = instruction(command) or b""
        except CardError as error:
            self.chained = b""
            return error.status.to_bytes(2, "big")
        return self.respond(data, command.le)

    def respond(self, data, le):
        """What fits now; GET RESPONSE brings the rest."""
        size = apdu.SHORT_LE_MAX if le is None else le
        data, self.waiting = data[:size], data[size:]
        if self.waiting:
            return data + bytes([0x61, min(len(self.waiting), 255)])
        return data + apdu.OK.to_bytes(2, "big")

    def get_response(self, _):
        return self.waiting

    def select(self, command):
        ids = [command.data[at : at + 2].hex().upper() for at in range(0, len(command.data), 2)]
        if command.p1 == 0x04:
            if command.data == APPLICATION:
                self.files.select_master()
                return self.files.current.information(self.active)
            file = self.files.select_name(command.data)
        elif command.p1 == 0x08:
            file = self.files.select("".join(["3F00"] + [name for name in ids if name != "3F00"]))
        elif command.p1 == 0x09:
            file = self.files.select(self.files.folder.path + "".join(ids))
        elif command.p1 == 0x00:
            file = self.files.select_id(int.from_bytes(command.data or b"\x3f\x00", "big"))
        else:
            raise CardError(apdu.WRONG_PARAMETERS)
        return file.information(self.active)

    def create_file(self, command):
        self.demand(self.files.folder, "create")
        self.files.create(command.data)

    def delete_file(self, command):
        if command.data:
            self.files.select_id(int.from_bytes(command.data, "big"))
        self.demand(self.files.current, "delete")
        self.files.delete()

    def read_binary(self, command):
        self.demand(self.files.current, "read")
        return self.files.read(command.p1p2, command.le or apdu.SHORT_LE_MAX)

    def update_binary(self, command):
        self.demand(self.files.current, "update")
        self.files.write(command.p1p2, command.data)

    def erase_binary(self, command):
        """From P1P2 to the offset in the data, or to the end."""
        self.demand(self.files.current, "update")
        end = int.from_bytes(command.data, "big") if command.data else self.files.current.size
        self.files.write(command.p1p2, bytes(max(end - command.p1p2, 0)))

    def verify(self, command):
        self.pins.verify(command.p2, command.data)

    def change_reference_data(self, command):
        self.pins.change(command.p2, command.data)

    def reset_retry_counter(self, command):
        self.pins.unblock(command.p2, command.data)

    def log_out(self, command):
        """Forget one PIN, or all (P2 0)."""
        self.pins.verified -= {command.p2} if command.p2 else set(self.pins.verified)

    def manage_security(self, command):
        self.security.set_environment(command)

    def perform_security_operation(self, command):
        return self.security.operate(command)

    def general_authenticate(self, command):
        return self.security.agree(command)

    def generate(self, _):
        return self.security.generate()

    def get_challenge(self, command):
        return os.urandom(command.le or 8)

    def activate(self, _):
        self.active = True

    def get_data(self, command):
        if command.p1 != 0x01:
            raise CardError(apdu.WRONG_PARAMETERS)
        if command.p2 == 0xA0:
            return bytes(5) + VERSION + self.serial + bytes(2)
        if command.p2 == 0xA1:
            folder = self.files.folder.path
            return b"".join(
                file.id.to_bytes(2, "big") for file in self.files.files.values() if file.parent == folder
            )
        if command.p2 == 0xAA:
            limits = (FEATURES, MAX_RSA_BITS, 0, 0, MAX_EC_BITS)
            return b"\x01" + b"".join(limit.to_bytes(2, "big") for limit in limits)
        return self.security.get_component(command.p2)

    def put_data(self, command):
        if command.p1 != 0x01:
            raise CardError(apdu.WRONG_PARAMETERS)
        if command.p2 == 0xE0:
            self.initialise()
        elif command.p2 < 0x10:
            if self.active and command.p2 in self.pins.rows:
                raise CardError(apdu.CONDITIONS_NOT_SATISFIED)
            self.pins.define(command.p2, command.data)
        else:
            self.security.put_component(command.p2, command.data)

    def initialise(self):
        """Back to an empty card: allowed to whoever may delete the master file."""
        self.demand(self.files.files["3F00"], "delete")
        self.files.erase()
        self.pins.rows.clear()
        self.pins.verified.clear()
        self.active = False

    def to_json(self):
        return {
            "serial": self.serial.hex(),
            "active": self.active,
            "pins": self.pins.to_json(),
            "files": self.files.to_json(),
        }

    def from_json(self, state):
        self.serial = bytes.fromhex(state["serial"])
        self.active = state["active"]
        self.pins.from_json(state["pins"])
        self.files.from_json(state["files"])
        self.reset()
