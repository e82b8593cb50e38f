"""pyserial and nothing else: every answer to the byte, at several speeds."""

import os

import serial as pyserial
from steps import PATIENCE, same, step


def answer(port, typed, wanted):
    port.write(typed + b"\r")
    same(port.read(len(wanted)), wanted)


for speed in (9600, 115200):
    with step(f"open at {speed}"):
        port = pyserial.Serial(os.environ["QUASIMODEM_PTY"], speed, timeout=PATIENCE)
    with step("AT, echo on"):
        answer(port, b"AT", b"AT\r\r\nOK\r\n")
    with step("ATE0"):
        answer(port, b"ATE0", b"ATE0\r\r\nOK\r\n")
    with step("AT+CGSN"):
        answer(port, b"AT+CGSN", b"\r\n352273017386340\r\n\r\nOK\r\n")
    with step("readline, as most hosts read"):
        port.write(b"AT+CREG?\r")
        same([port.readline() for _ in range(4)], [b"\r\n", b"+CREG: 0,1\r\n", b"\r\n", b"OK\r\n"])
    with step("nothing besides"):
        port.timeout = 0.2
        same(port.read(1), b"")
        port.timeout = PATIENCE
    with step("ATE1 and close"):
        answer(port, b"ATE1", b"\r\nOK\r\n")
        port.close()
