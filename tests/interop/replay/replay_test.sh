#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every recorded request against the practice CA; then an independent judge reads every answer that it gave. Without the judge the
# replay still has to pass; the program is then skipped, not passed.
set -eu
answers=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-answers-XXXXXX")
trap 'rm -rf "$answers"' EXIT
mkdir "$answers/der"
REPLAY_ANSWERS=$answers/der "$top_builddir/tests/interop/replay/replay" > "$answers/said" || { cat "$answers/said"; exit 1; }
cat "$answers/said"
# What was meant to be refused and was not is a bug of the server, and marked as one.
awk -F '\t' '($2 == "failed" || $2 == "error") && $3 ~ /^200 success/ { print $1 }' "$top_srcdir/tests/vectors/ca/INDEX.tsv" > "$answers/passed"
[ -s "$answers/passed" ]
while read -r name; do
    grep -q "^ok $name\[.*# server bug: " "$answers/said" || { echo "not ok $name: it was not refused, and is not marked as a bug"; exit 1; }
done < "$answers/passed"
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import pyasn1, pyasn1_modules' 2> /dev/null; then
        "$python" -B "$top_srcdir/tests/harness/judge.py" --quiet --allow-zero-ids "$answers"/der/*.der
        echo "judged: $(ls "$answers/der" | wc -l) answers, all good"
        exit 0
    fi
done
echo "python3-pyasn1-modules is not installed: the answers were not judged"
exit 77
