#!/bin/sh
# SPDX-License-Identifier: MIT
# A computer of one's own for what the doctor looks at of the whole system: start.sh
#
# Run by `unshare -rmni`: /etc is a copy that may be broken, /run and /var/lib are empty, the network is a loopback, and
# who enters is root there. Says "ready", and ends with its standard input.
set -eu

ip link set lo up
mount -t tmpfs -o mode=0755 none /run # root's alone, as on any computer
mkdir /run/etc
cp -a /etc/. /run/etc 2>/dev/null || true # what only the real root may read is not missed
rm -rf /run/etc/chromium /run/etc/opt /run/etc/firefox # the machine's own rules for browsers
mount --bind /run/etc /etc
mount -t tmpfs -o mode=0755 none /var/lib # there may be no folder of Flatpaks yet
echo ready
exec cat
