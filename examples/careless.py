#!/usr/bin/env python3
"""Uploads a file through a GSM module, as a driver does that was written on a good day.

    careless.py FILE

It looks for the word it hopes for, waits for it without a limit or takes whatever came, and believes that what it has
sent has arrived. Every such place is marked: `quasimodem sweep` finds out what comes of it.
"""

import os
import re
import sys
import time

import serial

# How many times as fast the module's time passes as ours.
SCALE = float(os.environ.get("QUASIMODEM_TIME_SCALE", "1"))


def main(path):
    with open(path, "rb") as f:
        content = f.read()
    host, _, number = os.environ["QUASIMODEM_FTP_ADDR"].rpartition(":")
    port = serial.Serial(os.environ["QUASIMODEM_PTY"], 115200, timeout=5 / SCALE)

    def command(line):
        port.write(line.encode() + b"\r")
        # Careless: what has come after five seconds is the answer, ERROR or nothing too.
        return port.read_until(b"OK\r\n")

    def wait(pattern):
        said = b""
        # Careless: for ever.
        while not re.search(pattern, said):
            said += port.read(max(1, port.in_waiting))
        return said

    command("ATE0")
    command("AT+QIFGCNT=0")
    command('AT+QICSGP=1,"CMNET"')
    command('AT+QFTPUSER="quectel"')
    command('AT+QFTPPASS="123456"')
    command(f'AT+QFTPOPEN="{host}",{number}')
    # Careless: +QFTPOPEN:-5 is a result too.
    wait(rb"\+QFTPOPEN:\S+")
    command(f'AT+QFTPPUT="{os.path.basename(path)}",{len(content)},60')
    # Careless: after half a minute it sends the file whether the module listens or not.
    limit = time.monotonic() + 30 / SCALE
    said = b""
    while b"CONNECT" not in said and time.monotonic() < limit:
        said += port.read(max(1, port.in_waiting))
    port.write(content)
    # Careless: how many bytes have arrived?
    wait(rb"\+QFTPPUT:\S+")
    command("AT+QFTPCLOSE")
    wait(rb"\+QFTPCLOSE:\S+")
    print(f"{path} is uploaded")


main(*sys.argv[1:])
