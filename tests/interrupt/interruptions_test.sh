#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The table of interruptions (interruptions.py). CUT_TABLE=full runs every row: several times as many.
for tool in pk12util openssl; do
    command -v $tool > /dev/null || { echo "$tool is not installed"; exit 77; }
done
# A sanitizer's build takes five times as long: there, the scenario with the fewest rows.
if [ $# = 0 ] && grep -q __asan_init "${top_builddir:-.}/cmc-wizard"; then
    set -- shared-secret
fi
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import jsonschema, sqlite3' 2> /dev/null; then
        exec "$python" -B "${top_srcdir:-.}/tests/interrupt/interruptions.py" "$@"
    fi
done
echo "python3-jsonschema is not installed"
exit 77
