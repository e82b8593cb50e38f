#!/bin/sh
# gammu, which identifies a phone by some forty commands before it does what it was asked for.
set -u
. "$(dirname "$0")/steps.sh"
export LC_ALL=C TZ=UTC
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '[gammu]\ndevice = %s\nconnection = at\n' "$QUASIMODEM_PTY" >"$folder/gammurc"

ask() { timeout 60 gammu -c "$folder/gammurc" "$@" 2>&1; }

same identify "$(ask identify | grep -v '^Device ')" 'Manufacturer         : Quectel_Ltd
Model                : unknown (Quectel_M10)
Firmware             : M10R01A01
IMEI                 : 352273017386340
SIM IMSI             : 460001234567890'
same networkinfo "$(ask networkinfo)" 'Network state        : home network
Network              : 460 00 (China Mobile, China), LAC 1878, CID 0873
Name in phone        : "CHINA MOBILE"
Packet network state : home network
Packet network       : 460 00 (China Mobile, China), LAC 1878, CID 0873
Name in phone        : "CHINA MOBILE"
GPRS                 : attached'
same getsecuritystatus "$(ask getsecuritystatus)" 'Nothing to enter.'
same setdatetime "$(ask setdatetime >/dev/null; echo $?)" 0
same getdatetime "$(ask getdatetime | grep -c " $(date +%Y)\$")" 1
