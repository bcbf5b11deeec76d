#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests once more, three years later (libfaketime): recordings are judged at their own time, so no result may depend on today. The
# unit tests, the replay of recorded requests, and the tools on recorded runs, in two lanes. Environment: top_srcdir, top_builddir
# (built with make check).
set -u
top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
top_builddir=$(cd "${top_builddir:-.}" && pwd)
LC_ALL=C.UTF-8
NSS_MAX_MP_PBE_ITERATION_COUNT=1
export top_srcdir top_builddir LC_ALL NSS_MAX_MP_PBE_ITERATION_COUNT
command -v faketime > /dev/null || { echo "faketime is not installed"; exit 77; }
later=$top_builddir/later
mkdir -p "$later"
rm -f "$later"/*.trs

# run_later NAME COMMAND...: its result; what was said stays in NAME.log.
run_later() {
    name=$1
    shift
    # faketime names a semaphore by its process: one that somebody killed leaves its own to a later process of that number.
    tries=0
    while [ $((tries += 1)) -le 200 ]; do
        (cd "$top_builddir" && timeout 300 faketime -f '+3y' "$@") > "$later/$name.log" 2>&1
        status=$?
        grep -q '^faketime: sem_open: File exists' "$later/$name.log" || break
    done
    case $status in
    0) result=PASS ;;
    77) result=SKIP ;;
    *) result=FAIL; tail -n 40 "$later/$name.log" ;;
    esac
    echo "$result: three years later $name"
    echo ":test-result: $result three years later $name" > "$later/$name.trs"
}

unit_tests() {
    for folder in base cfg nss cmc dir flow practice net ui; do
        for test in "$top_builddir/tests/unit/$folder"/*_test; do
            case $test in
            # These talk to servers of their own kind, whose clocks libfaketime does not move in step.
            */https_test | */ocsp_test | */tls_errors_test | */tinyproxy_test | */server_test | */directory_test) continue ;;
            esac
            [ -x "$test" ] && run_later "$folder-$(basename "$test")" "$test"
        done
    done
}

# Scripts that need no server but the recordings. Flows make their certificates of today, whatever day that is.
scripts() {
    run_later replay sh "$top_srcdir/tests/interop/replay/replay_test.sh"
    run_later tools-cases python3 -B "$top_srcdir/tests/tools/cases.py" "$top_builddir/dogtag" "$top_srcdir/tests/vectors/tools" --locale C.UTF-8
    run_later tools-cmc sh "$top_srcdir/tests/tools/cmc_test.sh"
    run_later tools-lint sh "$top_srcdir/tests/tools/lint_test.sh"
}

scripts &
unit_tests
wait
! grep -l ': FAIL ' "$later"/*.trs
