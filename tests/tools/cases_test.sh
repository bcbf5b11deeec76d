#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every recorded case through our tool of that name (cases.py), in the C locale and in a Japanese one: the text stays the same.
# The Japanese locale is made here, so that it is a real one on every machine; where it cannot be made, the test counts as skipped when
# all else is well.
set -eu
for tool in python3 certutil pk12util openssl; do
    command -v "$tool" > /dev/null || { echo "SKIP: $tool is missing"; exit 77; }
done
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/cases.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT INT TERM
locales=C.UTF-8 skipped=
mkdir "$TMPDIR/locales"
if command -v localedef > /dev/null && localedef -i ja_JP -f UTF-8 "$TMPDIR/locales/ja_JP.UTF-8" 2> "$TMPDIR/said"; then
    locales="C.UTF-8 ja_JP.UTF-8"
else
    skipped="SKIP: not run under ja_JP.UTF-8: localedef or its sources (package locales) are missing"
fi
python3 "$top_srcdir/tests/tools/mutants.py" "$top_srcdir/tests/vectors/tools"
for locale in $locales; do
    case $locale in
    ja*) LOCPATH=$TMPDIR/locales && export LOCPATH ;;
    esac
    python3 "$top_srcdir/tests/tools/cases.py" "$top_builddir/dogtag" "$top_srcdir/tests/vectors/tools" --locale "$locale"
done
if [ -n "$skipped" ]; then
    echo "$skipped"
    exit 77
fi
