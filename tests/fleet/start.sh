#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's rsyslog with the example of packaging/fleet, in namespaces of its own: start.sh LOG-FOLDER CONFIGURATION
#
# Run by `unshare -rmni`. What is in /var/log in there is in LOG-FOLDER; /dev is a copy of the real one's first needs, in
# which a socket can be made. Says "ready" when the log is there, and ends, with rsyslog, at the end of its standard input.
set -eu

log=$1
configuration=$2
mount -t tmpfs none /run
mkdir /run/dev
for device in null zero full random urandom; do
    touch "/run/dev/$device"
    mount --bind "/dev/$device" "/run/dev/$device"
done
ln -s /proc/self/fd /run/dev/fd
mount --rbind /run/dev /dev
mount --bind "$log" /var/log
{
    echo 'module(load="imuxsock")'
    cat "$configuration"
    echo '*.* action(type="omfile" file="/var/log/others")'
} >/run/rsyslog.conf
rsyslogd -N1 -f /run/rsyslog.conf >"$log/check" 2>&1 || { cat "$log/check" >&2; exit 1; }
setpriv --pdeathsig KILL rsyslogd -n -f /run/rsyslog.conf -i /run/rsyslogd.pid </dev/null >"$log/rsyslogd" 2>&1 &
until [ -S /dev/log ]; do
    kill -0 $! || { cat "$log/rsyslogd" >&2; exit 1; }
    sleep 0.02
done
echo ready
exec cat
