"""Gets hold of programs of Debian's: where one is not installed it is unpacked under `target`, with its libraries.

    programs.py FOLDER PROGRAM:PACKAGE[,PACKAGE]...

Puts a script of the program's name into FOLDER/bin; says so where there is none to be had.
"""

import os
import shlex
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
from servers import NotHere, Packages  # noqa: E402


def main(folder, wanted):
    into = os.path.join(folder, "programs")
    packages = Packages(os.path.join(folder, "debs"), into)
    os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
    for program, from_packages in (pair.split(":") for pair in wanted):
        script = os.path.join(folder, "bin", program)
        if os.path.exists(script):
            continue
        shutil.rmtree(os.path.join(into, program), ignore_errors=True)
        try:
            path, env = packages.find(program, *from_packages.split(","))
        except NotHere as e:
            print(e, file=sys.stderr)
            continue
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in env.items())
        with open(script + ".new", "w") as f:
            f.write(f'#!/bin/sh\n{settings} exec {shlex.quote(path)} "$@"\n')
        os.chmod(script + ".new", 0o755)
        os.rename(script + ".new", script)


main(sys.argv[1], sys.argv[2:])
