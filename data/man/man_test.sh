#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The committed manual pages are what tables and .in files say; man takes them without a warning; no answer, command or
# exit code is left out.
set -eu
made=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-man-XXXXXX")
trap 'rm -rf "$made"' EXIT
failed=0
sh "$top_srcdir/data/man/make-pages.sh" "$made"
for page in "$made"/*; do
    committed=$top_srcdir/data/man/${page##*/}
    if ! cmp -s "$page" "$committed"; then
        echo "${committed##*/} differs from the tables; run: make update-man"
        diff -u "$committed" "$page" | head -n 40 || true
        failed=1
    fi
    if command -v groff > /dev/null; then
        warnings=$(groff -man -ww -z -Tutf8 -K utf8 "$page" 2>&1 || true)
        [ -z "$warnings" ] || { echo "$warnings"; failed=1; }
    fi
done
for code in 0 1 2 3 4 5 6 7; do
    for page in cmc.1 cmc-wizard.1; do
        grep -qx "\.B $code" "$made/$page" || { echo "$page does not explain exit code $code"; failed=1; }
    done
done
grep -qx '\.B 8' "$made/cmc.1" || { echo "cmc.1 does not explain exit code 8 (cmc batch: some succeeded)"; failed=1; }
for command in $("$top_builddir/cmc" --help | sed -n 's/^  \([a-z0-9]*\)  .*/\1/p'); do
    grep -qx "\.B cmc $command" "$made/cmc.1" || { echo "cmc.1 does not explain cmc $command"; failed=1; }
done
# Each class of differences that the tests know has its line in cmc-dogtag(7), and each line there a rule in the tests.
classes=$(sed -n 's/^    \(Row\|Run\)("\([a-z0-9-]*\)".*/\2/p' "$top_srcdir/tests/tools/classes.py" "$top_srcdir/tests/tools/own_runs.py" | sort -u)
for class in $(sed -n '/^\.SH DIFFERENCES/,/^\.SH VERSIONS/s/^\.B \([a-z0-9\\-]*\)$/\1/p' "$made/cmc-dogtag.7" | tr -d '\\'); do
    echo "$classes" | grep -qx "$class" || { echo "no test has a rule for $class of cmc-dogtag.7"; failed=1; }
done
for class in $classes; do
    grep -qx "\.B $(echo "$class" | sed 's/-/\\\\-/g')" "$made/cmc-dogtag.7" || { echo "cmc-dogtag.7 does not explain $class"; failed=1; }
done
# Each of Dogtag's names has its page.
for name in $(sed -n 's/^DOGTAG_NAMES = //p' "$top_srcdir/src/tools/local.mk"); do
    [ -s "$made/$name.1" ] || { echo "$name has no page"; failed=1; }
done
exit "$failed"
