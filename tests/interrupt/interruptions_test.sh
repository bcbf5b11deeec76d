#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The table of interruptions (interruptions.py). CUT_TABLE=full runs every row: half an hour instead of minutes.
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import jsonschema, sqlite3' 2> /dev/null; then
        exec "$python" -B "${top_srcdir:-.}/tests/interrupt/interruptions.py" "$@"
    fi
done
echo "python3-jsonschema is not installed"
exit 77
