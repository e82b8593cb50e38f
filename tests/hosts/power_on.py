"""The whole way, from power-on to the uploaded file, as a driver for a product goes it; twice."""

import hashlib
import os
import pathlib
import time

import serial
from steps import PATIENCE, same, step

CONTENT = hashlib.shake_256(b"quasimodem").digest(20_000)
server, tcp_port = os.environ["QUASIMODEM_FTP_ADDR"].rsplit(":", 1)
root = pathlib.Path(os.environ["QUASIMODEM_FTP_ROOT"])
port = serial.Serial(os.environ["QUASIMODEM_PTY"], 115200, timeout=0.1)


def lines_until(final, patience=PATIENCE):
    """The lines that are said, up to one that begins with `final`; blank ones are dropped."""
    lines, rest, end = [], b"", time.monotonic() + patience
    while time.monotonic() < end:
        rest += port.read(1)
        if rest.endswith(b"\r\n"):
            if line := rest.strip().decode():
                lines.append(line)
                if line.startswith(final):
                    return lines
                if line == "ERROR" or line.startswith("+CME ERROR"):
                    raise ValueError(line)
            rest = b""
    raise TimeoutError(f"no {final!r}, but {lines} and {rest!r}")


def ask(command, final="OK"):
    port.write(command.encode() + b"\r")
    return lines_until(final)


def synchronise():
    for _ in range(15):
        port.reset_input_buffer()
        port.write(b"AT\r")
        try:
            return lines_until("OK", 0.5)
        except (TimeoutError, ValueError):
            pass
    raise TimeoutError("no OK to 15 AT")


def poll(command, wanted):
    """Reports that come by themselves may stand before an answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if wanted in ask(command):
                return
        except ValueError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{command} never says {wanted}")


def go(name):
    with step("AT until OK"):
        synchronise()
    with step("ATE0, AT+CMEE=2"):
        ask("ATE0")
        ask("AT+CMEE=2")
    with step("identity"):
        same(ask("ATI"), ["Quectel_Ltd", "Quectel_M10", "Revision: M10R01A01", "OK"])
        same(ask("AT+GSN")[0], "352273017386340")
    with step("AT+CPIN? until READY"):
        poll("AT+CPIN?", "+CPIN: READY")
    with step("AT+CREG? and AT+CGREG? until registered"):
        poll("AT+CREG?", "+CREG: 0,1")
        poll("AT+CGREG?", "+CGREG: 0,1")
    with step("context"):
        ask("AT+QIFGCNT=0")
        ask('AT+QICSGP=1,"CMNET"')
    with step("log in"):
        ask('AT+QFTPUSER="quectel"')
        ask('AT+QFTPPASS="123456"')
        ask(f'AT+QFTPOPEN="{server}",{tcp_port}', "+QFTPOPEN:0")
    with step("upload"):
        ask(f'AT+QFTPPUT="{name}",{len(CONTENT)}', "CONNECT")
        port.write(CONTENT)
        same(lines_until("+QFTPPUT")[-1], f"+QFTPPUT:{len(CONTENT)}")
    with step("SHA-256 of both ends"):
        same(hashlib.sha256((root / name).read_bytes()).hexdigest(), hashlib.sha256(CONTENT).hexdigest())
    with step("log out"):
        ask("AT+QFTPCLOSE", "+QFTPCLOSE:0")
        ask("AT+QIDEACT", "DEACT OK")


go("first.bin")
with step("AT+CFUN=1,1"):
    ask("AT+CFUN=1,1")
go("second.bin")
