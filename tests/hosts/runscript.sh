#!/bin/sh
# runscript, minicom's interpreter, with the module as its standard input and output.
. "$(dirname "$0")/steps.sh"
same "runscript.minicom" "$(timeout 60 runscript "$(dirname "$0")/runscript.minicom" <>"$QUASIMODEM_PTY" >&0 2>/dev/null; echo $?)" 0
