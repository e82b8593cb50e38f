"""minicom and picocom, with a person at their keyboard: a program for terminals, typed into by pexpect.

    terminals.py minicom|picocom
"""

import os
import sys

import pexpect
from steps import PATIENCE, step

pty = os.environ["QUASIMODEM_PTY"]
# What minicom has sent to every modem for decades, and sends where its settings say so.
INIT = "AT S7=45 S0=0 L1 V1 X4 &c1 E1 Q0"
terminals = {
    "minicom": (["minicom", "-D", pty, "-b", "115200"], r"E1 Q0\s.*OK", "\x01x", "\r"),
    "picocom": (["picocom", "-b", "115200", pty], "Terminal ready", "\x01\x18", ""),
}
command, greeting, leave, sure = terminals[sys.argv[1]]
env = {**os.environ, "TERM": "vt100", "LC_ALL": "C", "HOME": os.getcwd()}
with open(".minirc.dfl", "w") as f:
    f.write(f"pu minit            ~^M~{INIT}^M\n")
with step("start"):
    program = pexpect.spawn(command[0], command[1:], env=env, timeout=PATIENCE, dimensions=(24, 80))
    program.expect(greeting)
for typed, answer in [("AT", "OK"), ("ATI", r"Revision: M10R01A01.*OK"), ("AT+CSQ", r"\+CSQ: 28,0.*OK")]:
    with step(typed):
        program.send(typed + "\r")
        # The echo first, then the answer.
        program.expect_exact(typed)
        program.expect(answer)
with step("leave"):
    program.send(leave + sure)
    program.expect(pexpect.EOF)
