#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every recorded request against the practice CA; then an independent judge reads every answer that it gave.
set -eu
answers=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-answers-XXXXXX")
trap 'rm -rf "$answers"' EXIT
REPLAY_ANSWERS=$answers "$top_builddir/tests/interop/replay/replay"
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import pyasn1, pyasn1_modules' 2> /dev/null; then
        "$python" -B "$top_srcdir/tests/harness/judge.py" --quiet --allow-zero-ids "$answers"/*.der
        echo "judged: $(ls "$answers" | wc -l) answers, all good"
        exit 0
    fi
done
echo "python3-pyasn1-modules is not installed: the answers were not judged"
