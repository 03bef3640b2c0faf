#!/bin/sh
# SPDX-License-Identifier: MIT
# A smart card reader with a card in it, in namespaces of its own: start.sh STATE-FILE [OPTION OF main.py]…
#
# Run by `unshare -rmni`: vpcd listens on every interface, so it gets a network that has but a loopback, and pcscd wants
# /run/pcscd, so it gets a /run. Ends with its standard input; whoever wants to use the card enters the same namespaces.
set -eu

state=$1
shift
ip link set lo up
mount -t tmpfs none /run
mkdir /run/pcscd
setpriv --pdeathsig KILL pcscd --foreground </dev/null >"$state.pcscd.log" 2>&1 &
exec /usr/bin/python3 -B "$(dirname "$0")/main.py" --state "$state" "$@"
