#!/bin/sh
# SPDX-License-Identifier: MIT
# openCryptoki's soft token, in namespaces of its own: start.sh STATE-FOLDER
#
# Run by `unshare -rmni`: the daemon and the library have fixed places for everything, and shared memory of the whole
# system. Here these are the STATE-FOLDER, which outlives this program, and folders that go with it. Says "ready" when
# the daemon serves, and ends, with the daemon, at the end of its standard input.
set -eu

state=$1
token=/var/lib/opencryptoki
for folder in /run /dev/shm /etc/opencryptoki; do
    mount -t tmpfs none "$folder"
done
mkdir -p "$state/swtok/TOK_OBJ" /run/lock/opencryptoki/swtok
mount --bind "$state" "$token"
printf 'version opencryptoki-3.1\nslot 0\n{\nstdll = libpkcs11_sw.so\n}\n' >/etc/opencryptoki/opencryptoki.conf
# The daemon gives its files to this group, and the one group that there is in here has the number 0.
printf 'pkcs11:x:0:root\n' >/run/group
mount --bind /run/group /etc/group

setpriv --pdeathsig KILL pkcsslotd -f </dev/null >"$state.pkcsslotd.log" 2>&1 &
until [ -S /run/pkcsslotd.socket ]; do
    kill -0 $! || { cat "$state.pkcsslotd.log" >&2; exit 1; }
    sleep 0.02
done
echo ready
exec cat
