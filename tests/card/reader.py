# SPDX-License-Identifier: MIT
"""reader - the connection to vpcd, the virtual reader: connected is inserted, closed is pulled.

Each message is two bytes of length and a body. A body of one byte is the reader's own word, any other a command APDU.
"""

import functools
import operator
import socket
import time

HISTORICAL_BYTES = b"MyEID"
CONNECT_TIMEOUT_S = 10
RETRY_S = 0.02


def _atr():
    """Answer to reset (ISO/IEC 7816-3 §8.2): direct convention, T=1 with blocks of 254 bytes, and the check byte."""
    body = bytes([0x80 | len(HISTORICAL_BYTES), 0x81, 0x31, 0xFE, 0x45]) + HISTORICAL_BYTES
    return b"\x3b" + body + bytes([functools.reduce(operator.xor, body)])


ATR = _atr()


class ReaderGone(Exception):
    """The reader closed the connection."""


class Reader:
    OFF, ON, RESET, ATR_ASKED = b"\x00", b"\x01", b"\x02", b"\x04"

    def __init__(self, port):
        end = time.monotonic() + CONNECT_TIMEOUT_S
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port))
                break
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(RETRY_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _take(self, count):
        taken = b""
        while len(taken) < count:
            # Once is not enough: the kernel goes back to delaying acknowledgements, 40 ms for every command.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            try:
                piece = self.socket.recv(count - len(taken))
            except ConnectionError:
                piece = b""
            if not piece:
                raise ReaderGone
            taken += piece
        return taken

    def receive(self):
        return self._take(int.from_bytes(self._take(2), "big"))

    def send(self, body):
        try:
            self.socket.sendall(len(body).to_bytes(2, "big") + body)
        except ConnectionError:
            raise ReaderGone from None

    def close(self):
        self.socket.close()
