# What the hosts in shell have in common: a step is a line of output, `ok STEP` or `failed STEP: why`.

# same STEP FOUND WANTED: the first step that fails ends the script.
same() {
  if [ "$2" = "$3" ]; then
    echo "ok $1"
  else
    echo "failed $1: [$2] instead of [$3]" | tr -d '\r' | tr '\n' ' '
    echo
    exit 1
  fi
}
