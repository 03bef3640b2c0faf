# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# place.sh - for the benchmarks to source: a release build of its own, and a home that nobody else uses.
# $UKB_BENCH_BUILD names a build that is there already and is taken as it is.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${UKB_BENCH_BUILD:-$top/build-bench}
bin=$build/tests/bench
softhsm=/usr/lib/softhsm/libsofthsm2.so
opensc=/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

# build TARGET…
build() {
    [ -z "${UKB_BENCH_BUILD:-}" ] || return 0
    {
        cmake -S "$top" -B "$build" -DCMAKE_BUILD_TYPE=Release -DUKEYBRIDGE_SYSCONFDIR="$build/etc"
        cmake --build "$build" --target "$@" -j"$(nproc)"
    } >"$build.log" 2>&1 || {
        tail -n 20 "$build.log" >&2
        exit 1
    }
}

# Nobody's settings, and no library that a user preloads: clean HOME PROGRAM [ARGUMENT]…
clean() {
    clean_home=$1
    shift
    env -i PATH=/usr/bin:/bin HOME="$clean_home" LANG=C.UTF-8 SOFTHSM2_CONF="$home/softhsm2.conf" "$@"
}

# A soft UKey of that many certificates, or an empty one: token COUNT [--no-keys]
token() {
    rm -rf "$home/tokens"
    mkdir "$home/tokens"
    printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$home/tokens" \
        >"$home/softhsm2.conf"
    clean "$home" softhsm2-util --init-token --free --label bench --pin 111111 --so-pin 87654321 >/dev/null
    [ "$1" = 0 ] || clean "$home" "$bin/fill" "$softhsm" bench 111111 "$@"
}

# The configuration of a home: configure HOME MODULES [MORE], which is the JSON of config.json's member, and of others
configure() {
    mkdir -p "$1/.config/ukeybridge"
    printf '{"modules":[%s]%s}' "$2" "${3:+,$3}" >"$1/.config/ukeybridge/config.json"
}

# Run commands beside a smart card in a reader, in namespaces of their own: card COMMAND…
card() {
    mkfifo "$home/orders"
    unshare -rmn "$top/tests/card/start.sh" "$home/state.json" <"$home/orders" >"$home/answers" &
    card_pid=$!
    exec 9>"$home/orders"
    echo insert >&9
    while [ ! -s "$home/answers" ]; do # the namespaces are made, and the card is on its way into the reader
        sleep 0.1
    done
    sleep 1
    for order in "--create-pkcs15 --so-pin 87654321 --so-puk 87654321 --pin 111111 --label bench" \
        "--store-pin --auth-id 01 --label PIN --pin 111111 --puk 33333333 --so-pin 87654321" --finalize; do
        # shellcheck disable=SC2086 # words
        inside "$card_pid" pkcs15-init $order >/dev/null
    done
    for command; do
        # shellcheck disable=SC2086 # words
        inside "$card_pid" $command
    done
    exec 9>&-
    wait "$card_pid" || true
}

# inside PID COMMAND: where the card is
inside() {
    inside_pid=$1
    shift
    clean "$home" nsenter -t "$inside_pid" -U -m -n --preserve-credentials "$@"
}
