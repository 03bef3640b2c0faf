#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""main - put the card into vpcd's reader and obey whoever holds its standard input.

One order a line, one line of JSON in answer; the end of the input ends the program.

    insert                   into the reader
    pull                     out of it
    pull-at N [before|after]  pull it at the N-th command from now: before it is carried out, or before its answer arrives
    keep                     forget that
    space N                  files may take N bytes together
    status                   is it in, has the reader seen it, commands so far
    log                      the commands and answers since the last `log`
    files                    what is on the card, and how much of its memory that takes

The card's content is in the state file after every command that changed it, so a card that was pulled comes back as it
was, and a copy of the file is another card like it.
"""

import argparse
import collections
import json
import os
import selectors
import sys

from applet import Applet
from reader import ATR, Reader, ReaderGone

PORT = 35963
SERIAL_LEN = 10
LOG_MAX = 20000

# Instructions that change nothing that lasts: SELECT, READ BINARY, GET RESPONSE, GET DATA.
LOOKING = (b"\xa4", b"\xb0", b"\xc0", b"\xca")


class Card:
    """An applet with a file to live in, a log, and a moment to be pulled at."""

    def __init__(self, path, space):
        self.path = path
        self.applet = Applet(space, os.urandom(SERIAL_LEN))
        self.log = collections.deque(maxlen=LOG_MAX)
        self.count = 0
        self.pull_at = None
        self.saved = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.saved = file.read()
            self.applet.from_json(json.loads(self.saved))

    def save(self):
        text = json.dumps(self.applet.to_json())
        if text == self.saved:
            return
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.path + ".new", self.path)
        self.saved = text

    def transmit(self, raw):
        """The response; None when the card is pulled at this command."""
        self.count += 1
        due, when = self.pull_at or (None, None)
        due = due == self.count
        response = None if due and when == "before" else self.applet.transmit(raw)
        if raw[1:2] not in LOOKING:
            self.save()
        self.log.append({"n": self.count, "command": raw.hex(), "response": response and response.hex()})
        if due:
            self.pull_at = None
            return None
        return response


class Program:
    def __init__(self, card, port):
        self.card = card
        self.port = port
        self.reader = None
        self.seen = False
        self.selector = selectors.DefaultSelector()
        self.input = b""
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, self.on_input)
        self.running = True

    def insert(self):
        if self.reader is None:
            self.card.applet.reset()
            self.seen = False
            self.reader = Reader(self.port)
            self.selector.register(self.reader.socket, selectors.EVENT_READ, self.on_reader)

    def pull(self):
        if self.reader is not None:
            self.selector.unregister(self.reader.socket)
            self.reader.close()
            self.reader = None

    def on_reader(self):
        try:
            message = self.reader.receive()
            if message == Reader.ATR_ASKED:
                self.seen = True
                self.reader.send(ATR)
            elif message in (Reader.OFF, Reader.ON, Reader.RESET):
                self.card.applet.reset()
            else:
                response = self.card.transmit(message)
                if response is None:
                    self.pull()
                else:
                    self.reader.send(response)
        except ReaderGone:
            self.pull()

    def on_input(self):
        piece = os.read(sys.stdin.fileno(), 4096)
        if not piece:
            self.running = False
        *lines, self.input = (self.input + piece).split(b"\n")
        for line in lines:
            try:
                answer = self.obey(*line.decode().split())
            except (IndexError, ValueError, OSError) as error:
                answer = {"error": f"{line.decode(errors='replace')}: {error}"}
            print(json.dumps(answer), flush=True)

    def obey(self, word="", *rest):
        card = self.card
        if word == "insert":
            self.insert()
        elif word == "pull":
            self.pull()
        elif word == "pull-at":
            card.pull_at = card.count + int(rest[0]), rest[1] if len(rest) > 1 else "before"
        elif word == "keep":
            card.pull_at = None
        elif word == "space":
            card.applet.files.space = int(rest[0])
        elif word == "log":
            log = list(card.log)
            card.log.clear()
            return {"log": log}
        elif word == "files":
            files = card.applet.files
            rows = [{"path": file.path, "room": file.room} for file in files.files.values()]
            return {"used": files.used(), "space": files.space, "files": rows}
        elif word != "status":
            raise ValueError("unknown order")
        return {"in": self.reader is not None, "seen": self.reader is not None and self.seen, "count": card.count}

    def run(self):
        while self.running:
            for key, _ in self.selector.select():
                key.data()
        self.pull()


def main():
    parser = argparse.ArgumentParser(description="A virtual smart card for vpcd.")
    parser.add_argument("--state", required=True, help="file that keeps the card's content")
    parser.add_argument("--space", type=int, default=65536, help="bytes that files may take together")
    parser.add_argument("--port", type=int, default=PORT)
    given = parser.parse_args()
    Program(Card(given.state, given.space), given.port).run()


main()
