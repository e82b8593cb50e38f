#!/usr/bin/env python3
"""Uploads a file through a GSM module, and is sure of it or says that it is not.

    careful.py FILE

How it stays out of trouble:

* Nothing waits without a limit: not for an answer, not for a line that takes no bytes, not for all of it together.
* Echo stays on. The echo is what the module has understood; where it differs, so may what the module does.
* A command that changes nothing is repeated when its answer is late or wrong. Before it goes on after any doubt, it
  finds the start of an answer again: it ends the line, asks `AT`, and reads until the module is quiet.
* What is on the server is looked at, not concluded: it downloads the file and compares. If only the front is there,
  it uploads the rest from that point on (AT+QFTPCFG=3).
* A session is closed before it is opened again, and at the end.

Exit status 0: the file is on the server, byte for byte, and the session is closed. 1: it says what it could not do.
"""

import os
import re
import sys
import time

import serial

# How many times as fast the module's time passes as ours.
SCALE = float(os.environ.get("QUASIMODEM_TIME_SCALE", "1"))
# Seconds of the module's time.
ANSWER, CONNECTION, TRANSFER, QUIET, ALL = 5, 40, 20, 1.0, 240
ROUNDS, REPEATS = 5, 3
BLOCK = 512


class Trouble(Exception):
    """Something did not go as it should. It may go better the next time."""


class Hopeless(Exception):
    """It will not go better."""


class Line:
    """The serial line: bytes and limits, no commands."""

    def __init__(self, path):
        self.end = time.monotonic() + ALL / SCALE
        self.port = serial.Serial(path, 115200, timeout=0, write_timeout=ANSWER / SCALE)
        self.unread = b""

    def receive(self, limit):
        """What has come, or nothing once it is `limit`."""
        now = time.monotonic()
        if now > self.end:
            raise Hopeless("the time is up")
        self.port.timeout = max(0.0, min(limit, self.end) - now)
        return self.port.read(1) + self.port.read(self.port.in_waiting)

    def until(self, pattern, seconds):
        """Reads until the pattern is there; what came before it, and the match."""
        limit = time.monotonic() + seconds / SCALE
        while True:
            found = re.search(pattern, self.unread)
            if found:
                before, self.unread = self.unread[: found.start()], self.unread[found.end() :]
                return before, found
            more = self.receive(limit)
            if not more and time.monotonic() >= limit:
                raise Trouble(f"no {pattern.decode()} within {seconds} s, but {self.unread[-80:]!r}")
            self.unread += more

    def quiet(self):
        """Reads until nothing comes any more, and forgets it."""
        limit = time.monotonic() + TRANSFER / SCALE
        while self.receive(time.monotonic() + QUIET / SCALE):
            if time.monotonic() > limit:
                raise Trouble("the line does not fall silent")
        self.unread = b""

    def send(self, data):
        try:
            self.port.write(data)
        except serial.SerialTimeoutException:
            self.port.reset_output_buffer()
            raise Trouble("the module takes no bytes") from None


class Module:
    """The module's commands, each with its limit."""

    def __init__(self, line):
        self.line = line

    def command(self, text, seconds=ANSWER):
        """Types a command; the information that it gives before OK."""
        self.line.send(text.encode() + b"\r")
        before, echo = self.line.until(rb"([^\r\n]*)\r", seconds)
        if before.strip() or echo[1].decode(errors="replace") != text:
            raise Trouble(f"{text.split('=')[0]} came to the module as {before + echo[1]!r}")
        information, result = self.line.until(
            rb"\r\n(OK|ERROR|\+CM[ES] ERROR: ?[^\r\n]*)\r\n", seconds
        )
        if result[1] != b"OK":
            raise Trouble(f"{text.split('=')[0]} is answered {result[1].decode()}")
        return information.decode(errors="replace").strip()

    def late(self, name, seconds):
        """The number in a late result, as +QFTPOPEN:0."""
        _, result = self.line.until(rb"\r\n\+%s: ?(-?\d+)\r\n" % name.encode(), seconds)
        return int(result[1])

    def settle(self):
        """Finds the start of an answer again, whatever state the line is in."""
        for attempt in range(REPEATS):
            try:
                self.line.send(b"\r")
                self.line.quiet()
                self.command("AT")
                return
            except Trouble:
                # Data state, perhaps: a silence, three plus signs, a silence.
                self.line.quiet()
                self.line.send(b"+++")
                self.line.quiet()
        raise Hopeless("the module does not answer")

    def surely(self, text):
        """A command that may be given twice."""
        for _ in range(REPEATS):
            try:
                return self.command(text)
            except Trouble as trouble:
                last = trouble
                self.settle()
        raise Trouble(str(last))

    def state(self):
        return self.surely("AT+QFTPSTAT").rpartition(" ")[2]

    def close(self):
        """Closes the service, if there is anything to close."""
        for _ in range(REPEATS):
            if self.state() in ("IDLE", "CLOSED"):
                return
            try:
                self.command("AT+QFTPCLOSE")
                self.late("QFTPCLOSE", CONNECTION)
            except Trouble:
                self.settle()
        raise Trouble("the session cannot be closed")

    def open(self, address):
        self.surely("ATE1")
        self.close()
        if self.surely("AT+CPIN?") != "+CPIN: READY":
            raise Trouble("the SIM is not ready")
        self.surely("AT+QIFGCNT=0")
        self.surely('AT+QICSGP=1,"CMNET"')
        self.surely('AT+QFTPUSER="quectel"')
        self.surely('AT+QFTPPASS="123456"')
        host, _, port = address.rpartition(":")
        self.command(f'AT+QFTPOPEN="{host}",{port}')
        error = self.late("QFTPOPEN", CONNECTION)
        if error:
            raise Trouble(f"the server cannot be reached: {error}")

    def resume_at(self, offset):
        self.command(f"AT+QFTPCFG=3,{offset}")
        if self.late("QFTPCFG", ANSWER):
            raise Trouble("the module does not resume")

    def put(self, name, content, offset):
        """Uploads what is behind the offset."""
        if offset:
            self.resume_at(offset)
        rest = content[offset:]
        self.command(f'AT+QFTPPUT="{name}",{len(rest)},{TRANSFER}')
        _, answer = self.line.until(rb"\r\n(CONNECT|\+QFTPPUT: ?-?\d+)\r\n", CONNECTION)
        if answer[1] != b"CONNECT":
            raise Trouble(f"the upload does not begin: {answer[1].decode()}")
        for start in range(0, len(rest), BLOCK):
            self.line.send(rest[start : start + BLOCK])
        size = self.late("QFTPPUT", CONNECTION)
        if size != len(rest):
            raise Trouble(f"of {len(rest)} bytes the module says {size}")

    def get(self, name):
        """The file as it is on the server; nothing if it is not there."""
        self.command(f'AT+QFTPGET="{name}"')
        _, answer = self.line.until(rb"\r\n(CONNECT|\+QFTPGET: ?-?\d+)\r\n", CONNECTION)
        if answer[1] != b"CONNECT":
            if answer[1].endswith(b"-550"):
                return b""
            raise Trouble(f"the download does not begin: {answer[1].decode()}")
        content, result = self.line.until(rb"\r\n\+QFTPGET: ?(-?\d+)\r\n", TRANSFER)
        if int(result[1]) != len(content):
            raise Trouble(f"of {len(content)} bytes the module says {int(result[1])}")
        return content


def upload(module, address, name, content):
    """Until the file is there, or there is no hope."""
    offset, last = 0, None
    for number in range(ROUNDS):
        try:
            if number:
                module.settle()
            module.open(address)
            there = module.get(name) if number else None
            if there != content:
                # What is there may be the front of the file. If it is anything else, all of it goes again.
                offset = len(there) if there and content.startswith(there) else 0
                module.put(name, content, offset)
                there = module.get(name)
            if there != content:
                raise Trouble("the file on the server is another one")
            module.close()
            return
        except Trouble as trouble:
            print(f"{trouble}; once more", file=sys.stderr)
            last = trouble
    raise Hopeless(last)


def main(path):
    with open(path, "rb") as f:
        content = f.read()
    try:
        module = Module(Line(os.environ["QUASIMODEM_PTY"]))
        module.settle()
        upload(module, os.environ["QUASIMODEM_FTP_ADDR"], os.path.basename(path), content)
    except (Hopeless, Trouble, serial.SerialException, OSError) as trouble:
        print(f"{path} is NOT uploaded: {trouble}", file=sys.stderr)
        return 1
    print(f"{path} is uploaded")
    return 0


sys.exit(main(*sys.argv[1:]))
