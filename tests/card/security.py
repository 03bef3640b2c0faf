# SPDX-License-Identifier: MIT
"""security - the commands that use keys: MANAGE SECURITY ENVIRONMENT, PERFORM SECURITY OPERATION, GENERATE, PUT DATA."""

import apdu
import keys
from apdu import CardError
from files import EC_KEY, RSA_KEY

# MANAGE SECURITY ENVIRONMENT, P2
FOR_AGREEMENT = 0xA4
FOR_SIGNATURE = 0xB6
FOR_CIPHER = 0xB8

# PERFORM SECURITY OPERATION, P1P2
COMPUTE_SIGNATURE = 0x9E9A
DECIPHER = 0x8086

# Padding indicators of a cryptogram that comes in two commands, as it must where it and one byte exceed a short APDU.
WHOLE, FIRST_PART, LAST_PART = 0x00, 0x81, 0x82

# Algorithm reference: the low nibble tells who pads.
CARD_PADS = 0x02

# PUT DATA 01xx and GET DATA 01xx: components of the selected key. A long modulus comes in two parts.
PUT_COMPONENTS = {
    RSA_KEY: {
        **{0x80: "n", 0x81: "e", 0x82: "d", 0x83: "p", 0x84: "q", 0x85: "dp", 0x86: "dq", 0x87: "qinv"},
        **{0x88: "n", 0x89: "n"},
    },
    EC_KEY: {0x86: "point", 0x87: "private"},
}
LAST_PART_OF_MODULUS = 0x89
GET_COMPONENTS = {RSA_KEY: {0x01: "n", 0x02: "e"}, EC_KEY: {0x86: "point"}}


class Security:
    """What is selected for the next operation. `applet` has the files and says what is allowed."""

    def __init__(self, applet):
        self.applet = applet
        self.reset()

    def reset(self):
        self.purpose = None
        self.algorithm = 0
        self.file = None
        self.first_part = b""

    def key_file(self, action):
        file = self.applet.files.current
        if file.type not in (RSA_KEY, EC_KEY):
            raise CardError(apdu.COMMAND_NOT_ALLOWED)
        self.applet.demand(file, action)
        return file

    def put_component(self, selector, value):
        file = self.key_file("update")
        name = PUT_COMPONENTS[file.type].get(selector)
        if name is None:
            raise CardError(apdu.REFERENCED_DATA_NOT_FOUND)
        before = file.key.get(name, b"") if selector == LAST_PART_OF_MODULUS else b""
        file.key[name] = before + value

    def get_component(self, selector):
        file = self.applet.files.current
        names = GET_COMPONENTS.get(file.type, {})
        if selector not in names or names[selector] not in file.key:
            raise CardError(apdu.REFERENCED_DATA_NOT_FOUND)
        value = file.key[names[selector]]
        return apdu.tlv(selector, value) if file.type == EC_KEY else value

    def generate(self):
        file = self.key_file("generate")
        bits = file.bits
        file.key = keys.generate_rsa(bits) if file.type == RSA_KEY else keys.generate_ec(bits)

    def set_environment(self, command):
        if command.p1 == 0xF3:  # restore an empty one
            self.reset()
            return
        if command.p1 != 0x41 or command.p2 not in (FOR_AGREEMENT, FOR_SIGNATURE, FOR_CIPHER):
            raise CardError(apdu.WRONG_PARAMETERS)
        given = apdu.objects(command.data)
        reference = given.get(0x81, b"")
        if len(reference) < 2:
            raise CardError(apdu.WRONG_DATA)
        path = self.applet.files.folder.path + reference[-2:].hex().upper()
        file = self.applet.files.files.get(path)
        if file is None or file.type not in (RSA_KEY, EC_KEY):
            raise CardError(apdu.REFERENCED_DATA_NOT_FOUND)
        self.reset()
        self.purpose, self.file = command.p2, file
        self.algorithm = given.get(0x80, b"\0")[0]

    def demand(self, purpose, kind):
        if self.file is None or self.purpose != purpose:
            raise CardError(apdu.CONDITIONS_NOT_SATISFIED)
        if self.file.type != kind:
            raise CardError(apdu.COMMAND_NOT_ALLOWED)
        self.applet.demand(self.file, "crypto")
        return self.file

    def operate(self, command):
        if command.p1p2 == COMPUTE_SIGNATURE:
            return self.sign(command.data)
        if command.p1p2 == DECIPHER:
            return self.decipher(command.data)
        raise CardError(apdu.WRONG_PARAMETERS)

    def sign(self, data):
        if self.file is not None and self.file.type == EC_KEY:
            file = self.demand(FOR_SIGNATURE, EC_KEY)
            return keys.ec_sign(file.key, file.bits, data)
        file = self.demand(FOR_SIGNATURE, RSA_KEY)
        return keys.rsa_sign(file.key, data, self.algorithm & 0x0F == CARD_PADS)

    def decipher(self, data):
        """The private key operation of RSA; the software uses it for signatures over whole blocks too."""
        file = self.demand(self.purpose, RSA_KEY)
        indicator, part = data[:1], data[1:]
        if indicator == bytes([FIRST_PART]):
            self.first_part = part
            return b""
        if indicator not in (bytes([WHOLE]), bytes([LAST_PART])):
            raise CardError(apdu.WRONG_DATA)
        block, self.first_part = self.first_part + part, b""
        unpad = self.purpose == FOR_CIPHER and self.algorithm & 0x0F == CARD_PADS
        return keys.rsa_decipher(file.key, block, unpad)

    def agree(self, command):
        """GENERAL AUTHENTICATE: ECDH with the other party's point (tag 85 in 7C)."""
        file = self.demand(FOR_AGREEMENT, EC_KEY)
        point = apdu.objects(apdu.objects(command.data).get(0x7C, b"")).get(0x85, b"")
        return keys.ec_agree(file.key, file.bits, point)
