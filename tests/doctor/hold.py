#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""hold - another program that holds what a UKey needs: hold.py load LIBRARY | listen PORT | card. Says when it does.

The doctor knows nothing of it, and has to find it by what it holds.
"""

import ctypes
import socket
import sys
import time

what = sys.argv[1]
if what == "load":
    held = ctypes.CDLL(sys.argv[2])
elif what == "listen":
    held = socket.create_server(("127.0.0.1", int(sys.argv[2])))
else:
    pcsc = ctypes.CDLL("libpcsclite.so.1")
    context, card, protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
    names, length = ctypes.create_string_buffer(4096), ctypes.c_ulong(4096)
    pcsc.SCardEstablishContext(ctypes.c_ulong(2), None, None, ctypes.byref(context))
    pcsc.SCardListReaders(context, None, names, ctypes.byref(length))
    readers = [name for name in names.raw[: length.value].split(b"\0") if name]
    exclusive, any_protocol = ctypes.c_ulong(1), ctypes.c_ulong(3)
    answers = [
        pcsc.SCardConnect(context, name, exclusive, any_protocol, ctypes.byref(card), ctypes.byref(protocol))
        for name in readers
    ]
    if all(answer & 0xFFFFFFFF for answer in answers):
        sys.exit(f"no card to be held: {answers}")
print("held", flush=True)
while True:
    time.sleep(1000)
