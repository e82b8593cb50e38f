"""The host: a program that has opened the module's serial port and types AT commands into it."""

import os
import re
import select
import time
import tty

# The longest that anything may take. Servers make a client wait after a wrong password.
PATIENCE = 30.0


class Silence(Exception):
    """What was waited for did not come."""


class Log:
    """What was said, and when."""

    def __init__(self):
        self.began = time.monotonic()
        self.entries = []

    def note(self, mark, data):
        self.entries.append((time.monotonic() - self.began, mark, bytes(data)))

    def text(self, since=0):
        joined = []
        for at, mark, data in self.entries[since:]:
            # A file comes in many pieces.
            if joined and mark == "<" == joined[-1][1] and len(data) + len(joined[-1][2]) > 2000:
                joined[-1][2] += data
            else:
                joined.append([at, mark, data])
        return "\n".join(f"{at:9.3f} {mark} {shortened(data)}" for at, mark, data in joined)


def shortened(data):
    if len(data) <= 200:
        return repr(data)[1:]
    return f"{data[:80]!r} ... {len(data) - 130} bytes ... {data[-50:]!r}"


class Host:
    def __init__(self, path, log):
        self.log = log
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.pending = b""
        self.say("ATE0")

    def close(self):
        os.close(self.fd)

    def _read(self, deadline):
        """Takes what is there, and waits for something if nothing is."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.fd], [], [], left)[0]:
            raise Silence(f"nothing came after {self.pending[-80:]!r}")
        data = os.read(self.fd, 65536)
        self.log.note("<", data)
        self.pending += data

    def expect(self, pattern, patience=PATIENCE):
        """Waits for a pattern; what stands before it is dropped with it."""
        deadline = time.monotonic() + patience
        while True:
            found = re.search(pattern, self.pending, re.DOTALL)
            if found:
                self.pending = self.pending[found.end():]
                return found
            self._read(deadline)

    def write(self, data, unless=None):
        """Writes all of it, or stops early where the pattern `unless` is read. How much it wrote."""
        self.log.note(">", data)
        rest = memoryview(data)
        deadline = time.monotonic() + PATIENCE
        while rest:
            readable, writable, _ = select.select([self.fd], [self.fd], [], deadline - time.monotonic())
            if readable:
                self._read(deadline)
                if unless and re.search(unless, self.pending):
                    break
            if writable:
                try:
                    rest = rest[os.write(self.fd, rest[:65536]):]
                    deadline = time.monotonic() + PATIENCE
                except BlockingIOError:
                    pass
            if not readable and not writable:
                raise Silence(f"the module takes no more than {len(data) - len(rest)} bytes")
        return len(data) - len(rest)

    def say(self, command):
        """Types a command; `OK` or `ERROR`, with what stands before it."""
        self.write((command if isinstance(command, bytes) else command.encode()) + b"\r")
        found = self.expect(rb"(.*?)\r\n(OK|ERROR)\r\n")
        self.before = found[1]
        return found[2].decode()

    def late(self, command, name, patience=PATIENCE):
        """Types a command that has a late result; its number, or `ERROR`."""
        if self.say(command) == "ERROR":
            return "ERROR"
        return self.result(name, patience)

    def result(self, name, patience=PATIENCE):
        return int(self.expect(rb"\r\n\+" + name.encode() + rb":(-?\d+)\r\n", patience)[1])

    def open(self, host, port, user, password):
        self.say(b'AT+QFTPUSER="' + user.encode() + b'"')
        self.say(b'AT+QFTPPASS="' + password.encode() + b'"')
        return self.late(f'AT+QFTPOPEN="{host}",{port}', "QFTPOPEN")

    def shut(self):
        return self.late("AT+QFTPCLOSE", "QFTPCLOSE")

    def path(self, path):
        return self.late(b'AT+QFTPPATH="' + _bytes(path) + b'"', "QFTPPATH")

    def configure(self, kind, value):
        return self.late(f"AT+QFTPCFG={kind},{value}", "QFTPCFG")

    def state(self):
        self.say("AT+QFTPSTAT")
        found = re.search(rb"\+QFTPSTAT: (\w+)", self.before)
        assert found, f"no state in {self.before!r}"
        return found[1].decode()

    def begin(self, command, name):
        """Types PUT or GET; None when `CONNECT` came, else the number of the failure."""
        if self.say(command) == "ERROR":
            return "ERROR"
        found = self.expect(rb"\r\n(?:CONNECT|\+" + name.encode() + rb":(-?\d+))\r\n")
        return None if found[1] is None else int(found[1])

    def begin_put(self, name, size, limit=200):
        return self.begin(b'AT+QFTPPUT="%s",%d,%d' % (_bytes(name), size, limit), "QFTPPUT")

    def begin_get(self, name):
        return self.begin(b'AT+QFTPGET="%s"' % _bytes(name), "QFTPGET")

    def put(self, name, data):
        failure = self.begin_put(name, len(data))
        if failure is not None:
            return failure
        self.write(data, unless=rb"\r\n\+QFTPPUT:-?\d+\r\n")
        number = self.result("QFTPPUT")
        if number < 0:
            self.come_round()
        return number

    def come_round(self):
        """Ends the command line that the rest of a file is, where the module had not taken all of it when the
        transfer failed; returns when it is answered."""
        self.write(b"\r")
        self.write(b"AT+QFTPCFG=?\r")
        self.expect(rb"\r\n\+QFTPCFG: \(1-3\)\r\n\r\nOK\r\n")

    def get(self, name):
        """What came, and the number of the result line."""
        failure = self.begin_get(name)
        if failure is not None:
            return b"", failure
        return self.rest_of_get()

    def rest_of_get(self):
        """Everything up to the result line. The files of this test have no such line in them."""
        deadline = time.monotonic() + PATIENCE
        parts, last = [], b""
        while True:
            found = re.search(rb"\r\n\+QFTPGET:(-?\d+)\r\n", last + self.pending)
            if found:
                whole = last + self.pending
                parts.append(whole[:found.start()])
                self.pending = whole[found.end():]
                # The manual's way to be sure (4.3): the module answers commands again.
                assert self.say("AT") == "OK"
                return b"".join(parts), int(found[1])
            whole = last + self.pending
            parts.append(whole[:-40])
            last, self.pending = whole[-40:], b""
            self._read(deadline)


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode()
