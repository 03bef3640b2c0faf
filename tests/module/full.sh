#!/bin/sh
# SPDX-License-Identifier: MIT
# A small disk in a space of its own (tests/lib/space.mjs): full.sh FOLDER KIB. What is in FOLDER is on it; orders come
# by standard input: "fill KIB" leaves that much free, "lock" makes it read-only, "free" takes both back.
set -eu
folder=$1 kib=$2
stock=$(mktemp -d)
cp -a "$folder/." "$stock"
mount -t tmpfs -o "size=${kib}k,mode=700" tmpfs "$folder"
cp -a "$stock/." "$folder"
rm -r "$stock"
echo ready
while read -r order left; do
    case $order in
    fill)
        free=$(df --output=avail -k "$folder" | tail -1)
        head -c "$(((free - left) * 1024))" /dev/zero >"$folder/ballast"
        ;;
    lock) mount -o remount,ro "$folder" ;;
    free)
        mount -o remount,rw "$folder"
        rm -f "$folder/ballast"
        ;;
    esac
    echo 'done'
done
