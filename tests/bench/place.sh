# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# place.sh - for the benchmarks to source: a release build of its own, and a home that nobody else uses.
# $UKB_BENCH_BUILD names a build that is there already and is taken as it is.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${UKB_BENCH_BUILD:-$top/build-bench}
bin=$build/tests/bench
softhsm=/usr/lib/softhsm/libsofthsm2.so
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

# A soft UKey of that many certificates: token COUNT [--no-keys]
token() {
    rm -rf "$home/tokens"
    mkdir "$home/tokens"
    printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$home/tokens" \
        >"$home/softhsm2.conf"
    clean "$home" softhsm2-util --init-token --free --label bench --pin 111111 --so-pin 87654321 >/dev/null
    clean "$home" "$bin/fill" "$softhsm" bench 111111 "$@"
}

# The configuration of a home: configure HOME MODULES, which is the JSON of config.json's member
configure() {
    mkdir -p "$1/.config/ukeybridge"
    printf '{"modules":[%s]}' "$2" >"$1/.config/ukeybridge/config.json"
}
