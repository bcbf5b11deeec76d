#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every error is raised by some test: its id or its code stands in a test's source (the snapshot of ids is none). Those that no test
# can or does raise stand in tests/promises/untested.txt with the reason; a line there that is no longer true is found, too.
. "${top_srcdir:-.}/tests/layers/common.sh"
list=$top_srcdir/tests/promises/untested.txt

mentioned=$(cd "$top_srcdir" && find tests -type f \( -name '*.c' -o -name '*.h' -o -name '*.sh' -o -name '*.tap' -o -name '*.py' -o -name '*.csv' \) \
  ! -path 'tests/vectors/*' ! -path 'tests/layers/*' -exec cat {} + | grep -oE '[A-Za-z0-9_-]+' | sort -u)
for file in "$top_srcdir"/src/base/err_*.def; do
  tr '\n' ' ' < "$file" | sed 's%/\*[^*]*\*/%%g' | grep -oE 'ERR_ROW\([A-Z0-9_]+, *"[a-z0-9-]+"' | sed 's/ERR_ROW(\(.*\), *"\(.*\)"/\1 \2/'
done | while read -r code id; do
  tested=yes
  printf '%s\n' "$mentioned" | grep -qxE "$id|ERR_$code" || tested=no
  listed=no
  grep -q "^$id " "$list" && listed=yes
  case $tested-$listed in
  no-no) echo "src/base: no test raises [$id] (ERR_$code)" ;;
  yes-yes) echo "tests/promises/untested.txt: $id is tested by now" ;;
  esac
done > "$findings"
grep -v '^#' "$list" | while read -r id reason; do
  grep -qF "\"$id\"" "$top_srcdir"/src/base/err_*.def || echo "tests/promises/untested.txt: there is no error $id"
  [ -n "$reason" ] || echo "tests/promises/untested.txt: $id has no reason"
done >> "$findings"
finish
