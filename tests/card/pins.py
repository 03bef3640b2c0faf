# SPDX-License-Identifier: MIT
"""pins - PINs that lock after a number of wrong ones, each with a PUK that locks too."""

import hmac
from dataclasses import asdict, dataclass

import apdu
from apdu import CardError

PIN_LEN = 8  # shorter ones come padded


@dataclass
class Counter:
    """A secret and how often it may still be given wrongly."""

    secret: str
    limit: int
    left: int

    def check(self, given):
        """Spend a try on `given`; get them all back when it is right."""
        if self.left == 0:
            raise CardError(apdu.AUTHENTICATION_BLOCKED)
        if not hmac.compare_digest(bytes.fromhex(self.secret), given):
            self.left -= 1
            raise CardError(apdu.tries_left(self.left) if self.left else apdu.AUTHENTICATION_BLOCKED)
        self.left = self.limit

    def replace(self, secret):
        self.secret = secret.hex()
        self.left = self.limit


class Pins:
    """The PINs by reference; which of them were verified ends with the power."""

    def __init__(self):
        self.rows = {}
        self.verified = set()

    def define(self, reference, data):
        """PIN, PUK, and their limits: 8, 8, 1 and 1 bytes; what follows are options that this card does not have."""
        if len(data) < 2 * PIN_LEN + 2:
            raise CardError(apdu.WRONG_LENGTH)
        limits = data[2 * PIN_LEN : 2 * PIN_LEN + 2]
        secrets = data[:PIN_LEN], data[PIN_LEN : 2 * PIN_LEN]
        pin, puk = (Counter(secret.hex(), limit, limit) for secret, limit in zip(secrets, limits))
        self.rows[reference] = {"pin": pin, "puk": puk}

    def row(self, reference):
        try:
            return self.rows[reference]
        except KeyError:
            raise CardError(apdu.REFERENCED_DATA_NOT_FOUND) from None

    def verify(self, reference, given):
        """VERIFY; without data it only tells where the PIN stands."""
        pin = self.row(reference)["pin"]
        if not given:
            if reference in self.verified:
                return
            raise CardError(apdu.tries_left(pin.left) if pin.left else apdu.AUTHENTICATION_BLOCKED)
        self.verified.discard(reference)
        pin.check(given)
        self.verified.add(reference)

    def change(self, reference, data):
        if len(data) != 2 * PIN_LEN:
            raise CardError(apdu.WRONG_LENGTH)
        pin = self.row(reference)["pin"]
        pin.check(data[:PIN_LEN])
        pin.replace(data[PIN_LEN:])

    def unblock(self, reference, data):
        if len(data) != 2 * PIN_LEN:
            raise CardError(apdu.WRONG_LENGTH)
        row = self.row(reference)
        row["puk"].check(data[:PIN_LEN])
        row["pin"].replace(data[PIN_LEN:])
        self.verified.discard(reference)

    def to_json(self):
        return {
            str(reference): {name: asdict(counter) for name, counter in row.items()}
            for reference, row in self.rows.items()
        }

    def from_json(self, rows):
        self.rows = {
            int(reference): {name: Counter(**counter) for name, counter in row.items()}
            for reference, row in rows.items()
        }
