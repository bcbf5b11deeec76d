#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What sum-results.sh makes of passes, failures, skips, cmocka's own counts, a crash after the last test, and nothing at all.
set -u
sum=${top_srcdir:-.}/tests/sum-results.sh
dir=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-sum-XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# expect STATUS LAST-LINE WHAT
expect() {
    said=$(sh "$sum" "$dir/a" "$dir/b")
    status=$?
    last=$(printf '%s\n' "$said" | tail -n 1)
    if [ "$status" != "$1" ] || [ "$last" != "$2" ]; then
        echo "$3: status $status, \"$last\" instead of $1, \"$2\""
        failed=1
    fi
}

mkdir -p "$dir/a/with blank" "$dir/b"
expect 1 "0 passed, 0 failed" "no test ran"
printf ':test-result: PASS\n' > "$dir/a/with blank/shell.trs"
expect 0 "1 passed, 0 failed" "one script"
printf ':test-result: PASS\n' > "$dir/b/unit.trs"
printf '[==========] Running 3 test(s).\n[  PASSED  ] 3 test(s).\n[  PASSED  ] 2 test(s).\n' > "$dir/b/unit.log"
expect 0 "6 passed, 0 failed" "a program with two groups"
printf ':test-result: PASS one\n:test-result: SKIP two\n:test-result: XFAIL three\n' > "$dir/b/tap.trs"
expect 0 "8 passed, 0 failed" "TAP lines, one skipped"
printf ':test-result: FAIL\n' > "$dir/b/crash.trs"
printf '[  PASSED  ] 4 test(s).\n' > "$dir/b/crash.log"
expect 1 "12 passed, 1 failed" "a program that crashed after its tests"
printf '[  PASSED  ] 4 test(s).\n[  FAILED  ] 2 test(s), listed below:\n' > "$dir/b/crash.log"
expect 1 "12 passed, 2 failed" "a program with two failures"
rm "$dir/b/crash.trs"
printf ':test-result: ERROR\n' > "$dir/b/error.trs"
expect 1 "8 passed, 1 failed" "a script that could not run"
exit "$failed"
