#!/bin/sh
# Uploads a file with what every POSIX system has: stty, printf, cat and read, and wc for its size.
#
#   upload.sh FILE [LINE]      LINE is $QUASIMODEM_PTY if not said
set -u
. "$(dirname "$0")/steps.sh"
file=$1
line=${2:-$QUASIMODEM_PTY}
name=$(basename "$file")
size=$(($(wc -c <"$file")))
cr=$(printf '\r')

# Whoever opens a line first would otherwise have its terminal echo the module's answers back to it.
exec 3<>"$line"
stty raw -echo <&3

# await WORD: reads lines until one begins so, and prints it.
await() {
  while IFS= read -r said <&3; do
    said=${said%"$cr"}
    case $said in
      "$1"*) echo "$said"; return ;;
      ERROR | "+CME ERROR"*) echo "$said"; return ;;
    esac
  done
}

# command LINE WORD: types a command and awaits a line that begins with the word.
command() {
  printf '%s\r' "$1" >&3
  await "$2"
}

same ATE0 "$(command ATE0 OK)" OK
same account "$(command 'AT+QFTPUSER="quectel"' OK) $(command 'AT+QFTPPASS="123456"' OK)" "OK OK"
same open "$(command "AT+QFTPOPEN=\"${QUASIMODEM_FTP_ADDR%:*}\",${QUASIMODEM_FTP_ADDR##*:}" +QFTPOPEN)" "+QFTPOPEN:0"
same put "$(command "AT+QFTPPUT=\"$name\",$size" CONNECT)" CONNECT
cat "$file" >&3
same sent "$(await +QFTPPUT)" "+QFTPPUT:$size"
same close "$(command AT+QFTPCLOSE +QFTPCLOSE)" "+QFTPCLOSE:0"
exec 3>&-

here=$(sha256sum <"$file")
there=$(sha256sum <"$QUASIMODEM_FTP_ROOT/$name")
same "SHA-256 of both ends" "$there" "$here"
