#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs judge_test.py with a python3 that has pyasn1; skipped where there is none.
set -eu
here=${top_srcdir:-.}/tests/harness
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import pyasn1_modules.rfc6402' 2>/dev/null; then
        exec "$python" -B "$here/judge_test.py"
    fi
done
echo "judge_test: skipped, no python3 with pyasn1-modules" >&2
exit 77
