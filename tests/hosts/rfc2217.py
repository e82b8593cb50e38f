"""A host with pyserial at the RFC 2217 line of `quasimodem demo`.

    pip install pyserial
    cargo build
    python tests/hosts/rfc2217.py [PROGRAM]

PROGRAM is target/debug/quasimodem if not said. Ends with status 0 and one line, or with what was
not as it should be.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import serial

PATIENCE = 20.0
EVERY_BYTE = bytes(range(256)) * 16


class Module:
    """The program, with its FTP server, for as long as this is entered."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [program, "demo", "--tcp", "0,rfc2217", "--timing", "instant"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder.name,
        )
        kind, self.address = self.process.stdout.readline().split()[1:]
        assert kind == "rfc2217", kind
        self.root = pathlib.Path(self.process.stdout.readline().rstrip("\n").split(" root ")[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0
        self.folder.cleanup()

    def open(self, **settings):
        return serial.serial_for_url(f"rfc2217://{self.address}", timeout=PATIENCE, **settings)


def expect(what, found, wanted):
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def command(port, text, answer):
    port.write(text.encode() + b"\r")
    expect(text, port.read(len(answer)), answer)


def reads(port, wanted):
    expect("bytes", port.read(len(wanted)), wanted)


def becomes(what, look, wanted):
    """Signals come beside the bytes, not among them."""
    end = time.monotonic() + PATIENCE
    while look() != wanted:
        assert time.monotonic() < end, f"{what} does not become {wanted}"
        time.sleep(0.005)


def signals(port):
    return {"dsr": port.dsr, "cts": port.cts, "cd": port.cd, "ri": port.ri}


def settings_are_taken(module):
    for settings in [
        {},
        {"baudrate": 9600, "bytesize": 7, "parity": "E", "rtscts": True},
        {"baudrate": 921600, "parity": "O", "stopbits": 2, "xonxoff": True},
        {"baudrate": 300, "bytesize": 5, "parity": "M", "stopbits": 1.5},
    ]:
        with module.open(**settings) as port:
            command(port, "AT", b"AT\r\r\nOK\r\n")
            port.baudrate = 57600
            port.parity = "S"
            command(port, "AT", b"AT\r\r\nOK\r\n")


def signals_stand_as_they_should(module):
    with module.open() as port:
        quiet = {"dsr": True, "cts": True, "cd": False, "ri": False}
        expect("signals", signals(port), quiet)
        port.send_break(0.01)
        for on in [False, True]:
            port.dtr = on
            port.rts = on
        command(port, "AT", b"AT\r\r\nOK\r\n")
        expect("signals", signals(port), quiet)


def what_is_purged_does_not_come(module):
    with module.open() as port:
        port.write(b"AT\r")
        becomes("in_waiting", lambda: port.in_waiting, 9)
        port.reset_input_buffer()
        port.reset_output_buffer()
        expect("in_waiting", port.in_waiting, 0)
        command(port, "AT", b"AT\r\r\nOK\r\n")


def a_file_of_every_byte_goes_up_and_comes_back(module):
    size = len(EVERY_BYTE)
    with module.open(rtscts=True) as port:
        command(port, "ATE0", b"ATE0\r\r\nOK\r\n")
        for setting in ['AT+QFTPUSER="quectel"', 'AT+QFTPPASS="123456"']:
            command(port, setting, b"\r\nOK\r\n")
        command(port, 'AT+QFTPOPEN="quectel.3322.org",21', b"\r\nOK\r\n")
        reads(port, b"\r\n+QFTPOPEN:0\r\n")
        # Its pulse may be over before anybody looks, but that there was one is remembered.
        becomes("the fall of RI", lambda: bool(port.get_modem_state() & 4), True)
        expect("RI", port.ri, False)
        command(port, f'AT+QFTPPUT="every.bin",{size}', b"\r\nOK\r\n")
        reads(port, b"\r\nCONNECT\r\n")
        becomes("DCD", lambda: port.cd, True)
        port.write(EVERY_BYTE)
        reads(port, b"\r\n+QFTPPUT:4096\r\n")
        becomes("DCD", lambda: port.cd, False)
        expect("file", (module.root / "every.bin").read_bytes(), EVERY_BYTE)
        command(port, 'AT+QFTPGET="every.bin"', b"\r\nOK\r\n")
        reads(port, b"\r\nCONNECT\r\n")
        reads(port, EVERY_BYTE)
        reads(port, b"\r\n+QFTPGET:4096\r\n")
        becomes("DCD", lambda: port.cd, False)
        command(port, "AT+QFTPCLOSE", b"\r\nOK\r\n")
        reads(port, b"\r\n+QFTPCLOSE:0\r\n")
        command(port, "ATE1", b"\r\nOK\r\n")


def the_fall_of_dtr_is_heard_in_data(module):
    with module.open() as port:
        for setting in ["ATE0", "AT&D1"]:
            port.write(setting.encode() + b"\r")
            port.read_until(b"\r\nOK\r\n")
        command(port, 'AT+QFTPOPEN="quectel.3322.org",21', b"\r\nOK\r\n")
        reads(port, b"\r\n+QFTPOPEN:0\r\n")
        command(port, 'AT+QFTPPUT="dtr.bin",9', b"\r\nOK\r\n")
        reads(port, b"\r\nCONNECT\r\n")
        port.write(b"abc")
        port.dtr = False
        reads(port, b"\r\nOK\r\n")
        port.dtr = True
        command(port, "AT&D2O", b"\r\nCONNECT\r\n")
        expect("DCD", port.cd, True)
        port.dtr = False
        reads(port, b"\r\n+QFTPPUT:-1\r\n")
        reads(port, b"\r\n+QFTPCLOSE:0\r\n")
        becomes("DCD", lambda: port.cd, False)
        port.dtr = True
        command(port, "AT&F", b"\r\nOK\r\n")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "target/debug/quasimodem"
    checks = [
        settings_are_taken,
        signals_stand_as_they_should,
        what_is_purged_does_not_come,
        a_file_of_every_byte_goes_up_and_comes_back,
        the_fall_of_dtr_is_heard_in_data,
    ]
    with Module(str(pathlib.Path(program).absolute())) as module:
        for check in checks:
            check(module)
            print("ok", check.__name__.replace("_", " "))
    print(f"pyserial {serial.__version__}: {len(checks)} of {len(checks)}")


if __name__ == "__main__":
    main()
