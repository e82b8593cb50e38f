#!/bin/sh
# socat joins a pseudo-terminal of its own to the module's TCP line; the host is on the far side.
set -u
. "$(dirname "$0")/steps.sh"
folder=$(mktemp -d)
socat "PTY,link=$folder/line,rawer" "TCP:$QUASIMODEM_TCP" &
bridge=$!
trap 'kill $bridge 2>/dev/null; wait $bridge 2>/dev/null; rm -rf "$folder"' EXIT
tries=0
until [ -e "$folder/line" ] || [ $tries = 200 ]; do
  tries=$((tries + 1))
  sleep 0.05
done
exec 3<>"$folder/line"

# answer BYTES COMMAND: what the module says to a command, that many bytes of it.
answer() {
  printf '%s\r' "$2" >&3
  timeout 20 dd bs=1 count="$1" <&3 2>/dev/null | od -An -c | tr -d ' \n'
}

same AT "$(answer 9 AT)" 'AT\r\r\nOK\r\n'
same ATE0 "$(answer 11 ATE0)" 'ATE0\r\r\nOK\r\n'
same "AT+CSQ" "$(answer 20 AT+CSQ)" '\r\n+CSQ:28,0\r\n\r\nOK\r\n'
exec 3>&-
