#!/bin/sh
# pppd's chat brings a context up, as it would before a call.
. "$(dirname "$0")/steps.sh"
same "chat.script" "$(timeout 60 chat -f "$(dirname "$0")/chat.script" <>"$QUASIMODEM_PTY" >&0 2>/dev/null; echo $?)" 0
