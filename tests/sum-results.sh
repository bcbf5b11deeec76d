#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sums what tests said below the given build folders and closes with "N passed, N failed". Reads automake's .trs files; a
# cmocka program counts with its own tests. Exit status 1 when something failed or nothing ran.
# usage: sum-results.sh FOLDER...
set -u
list=$(mktemp "${TMPDIR:-/tmp}/cmcw-results-XXXXXX") || exit 1
trap 'rm -f "$list"' EXIT
for folder in "$@"; do
    find "$folder" -name '*.trs' -type f ! -path "$folder/cmc-wizard-*" 2> /dev/null
done | sort > "$list"

# A program that cmocka drove has lines "[  PASSED  ] 12 test(s)." and "[  FAILED  ] 1 test(s), listed below:" in its log.
awk -v list="$list" '
    function finish_file(   log_file, line, n, own_passed, own_failed) {
        if (file == "") { return }
        if (results == 1) {
            log_file = file
            sub(/\.trs$/, ".log", log_file)
            while ((getline line < log_file) > 0) {
                if (line ~ /^\[  (PASSED|FAILED)  \] [0-9]+ test\(s\)/) {
                    split(line, n, " ")
                    if (n[2] == "PASSED") { own_passed += n[4] } else { own_failed += n[4] }
                }
            }
            close(log_file)
            if (own_passed + own_failed > 0) {
                # A crash or a leak after the last test is one failure more.
                if (bad && own_failed == 0) { own_failed = 1 }
                good = own_passed
                bad = own_failed
            }
        }
        if (bad) { failures = failures "failed: " file "\n" names }
        passed += good
        failed += bad
        skipped += left_out
    }
    BEGIN { while ((getline line < list) > 0) { ARGV[ARGC++] = line } ARGV[ARGC++] = "/dev/null" }
    FNR == 1 { finish_file(); file = FILENAME; results = good = bad = left_out = 0; names = "" }
    /^:test-result:/ {
        results++
        if ($2 == "PASS" || $2 == "XFAIL") { good++ }
        else if ($2 == "SKIP") { left_out++; skips = skips "skipped: " FILENAME "\n" }
        else { bad++; if ($3 != "") { text = $0; sub(/^:test-result: /, "  ", text); names = names text "\n" } }
    }
    END {
        finish_file()
        printf "%s%s", skips, failures
        if (skipped) { printf "%d skipped\n", skipped }
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0 || passed == 0
    }'
