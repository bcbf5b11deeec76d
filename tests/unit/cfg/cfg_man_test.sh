#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The committed cmc-request.cfg(5) is what the tables say. After a change of a table: make update-man.
set -eu
page=$top_srcdir/data/man/cmc-request.cfg.5
made=$(mktemp "${TMPDIR:-/tmp}/cmcw-man-XXXXXX")
trap 'rm -f "$made"' EXIT
LC_ALL=C LANGUAGE=C "$top_builddir/src/cfg/cfg_man" >"$made"
if ! cmp -s "$made" "$page"; then
    echo "data/man/cmc-request.cfg.5 differs from the tables; run: make update-man" >&2
    diff -u "$page" "$made" | head -n 40 >&2
    exit 1
fi
if command -v groff >/dev/null 2>&1; then
    warnings=$(groff -man -ww -z -Tutf8 -K utf8 "$page" 2>&1 || true)
    if [ -n "$warnings" ]; then
        echo "$warnings" >&2
        exit 1
    fi
fi
