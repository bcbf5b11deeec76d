#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target of a build with --enable-fuzz: first its seeds, then new input for some seconds.
# usage: fuzz.sh SECONDS    Environment: top_srcdir, top_builddir.
set -u
seconds=${1:-30}
top_srcdir=${top_srcdir:-.}
top_builddir=${top_builddir:-.}
export top_srcdir top_builddir
LSAN_OPTIONS=suppressions=$top_srcdir/tests/harness/lsan.supp:print_suppressions=0
NSS_DISABLE_ARENA_FREE_LIST=1
NSS_DISABLE_UNLOAD=1
export LSAN_OPTIONS NSS_DISABLE_ARENA_FREE_LIST NSS_DISABLE_UNLOAD

# run_target PROGRAM: in the background, two at a time.
run_target() {
    name=$(basename "$1")
    seeds=$top_srcdir/tests/fuzz/corpus/${name#fuzz_}
    out=$top_builddir/fuzz/$name
    mkdir -p "$out.found" "$out.crashes"
    [ -d "$seeds" ] || { echo "FAIL: fuzz $name has no seeds"; echo ":test-result: FAIL fuzz $name" > "$out.trs"; return; }
    "$1" -runs=0 $seeds > "$out.log" 2>&1 &&
        "$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$out.crashes/" "$out.found" $seeds >> "$out.log" 2>&1
    if [ $? -eq 0 ]; then result=PASS; else result=FAIL; tail -n 60 "$out.log"; fi
    runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$out.log" | tail -n 1)
    echo "$result: fuzz $name, ${runs:-0} inputs"
    echo ":test-result: $result fuzz $name" > "$out.trs"
}

mkdir -p "$top_builddir/fuzz"
running=0
for program in "$top_builddir"/tests/fuzz/fuzz_*; do
    # Objects lie beside the programs.
    case $program in *.*) continue ;; esac
    [ -x "$program" ] || continue
    run_target "$program" &
    running=$((running + 1))
    [ $((running % 2)) -ne 0 ] || wait
done
wait
[ "$running" -gt 0 ] || echo ":test-result: FAIL fuzz: no target is built" > "$top_builddir/fuzz/none.trs"
