#!/bin/sh
# A host that looks at results, waits for each for ever, and believes what the module says.
#
#   upload.sh FILE
set -u
file=$1
name=$(basename "$file")
size=$(($(wc -c <"$file")))
cr=$(printf '\r')
exec 3<>"$QUASIMODEM_PTY"
stty raw -echo <&3

# await WORD WANTED: reads lines until one begins so; anything but what is wanted is the end.
await() {
  while IFS= read -r said <&3; do
    said=${said%"$cr"}
    case $said in
      "$2") return ;;
      "$1"* | ERROR) echo "$said instead of $2"; exit 1 ;;
    esac
  done
}

printf 'ATE0\r' >&3
await OK OK
printf 'AT+QFTPUSER="quectel"\r' >&3
await OK OK
printf 'AT+QFTPPASS="123456"\r' >&3
await OK OK
printf 'AT+QFTPOPEN="%s",%s\r' "${QUASIMODEM_FTP_ADDR%:*}" "${QUASIMODEM_FTP_ADDR##*:}" >&3
await +QFTPOPEN +QFTPOPEN:0
printf 'AT+QFTPPUT="%s",%s\r' "$name" "$size" >&3
await +QFTPPUT CONNECT
cat "$file" >&3
await +QFTPPUT "+QFTPPUT:$size"
printf 'AT+QFTPCLOSE\r' >&3
await +QFTPCLOSE +QFTPCLOSE:0
echo uploaded
