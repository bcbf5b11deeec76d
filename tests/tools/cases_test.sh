#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every recorded case through our tool of that name (cases.py), in the C locale and in a Japanese one: the text stays the same.
set -eu
for tool in python3 certutil pk12util openssl; do
    command -v "$tool" > /dev/null || { echo "SKIP: $tool is missing"; exit 77; }
done
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/cases.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT INT TERM
for locale in C.UTF-8 ja_JP.UTF-8; do
    python3 "$top_srcdir/tests/tools/cases.py" "$top_builddir/dogtag" "$top_srcdir/tests/vectors/tools" --locale "$locale" \
        $(sed -n 's/^DOGTAG_CASES *= *//p' "$top_srcdir/tests/tools/local.mk" | sed 's/\([a-z0-9][a-z0-9]*\)/--only \1/g')
done
