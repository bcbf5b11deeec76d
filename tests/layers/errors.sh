#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each row of the error catalogue is raised somewhere: named in code, elsewhere than in a comment, a comparison, or the table of causes.
. "${top_srcdir:-.}/tests/layers/common.sh"

code=$(mktemp "${TMPDIR:-/tmp}/cmcw-layers-XXXXXX")
trap 'rm -f "$findings" "$code"' EXIT
sources "$CODE_FOLDERS" c h | grep -v '^src/flow/failure_causes\.c$' | while read -r file; do
  sed -e 's:/\*.*\*/::g' -e '/\/\*/,/\*\//d' -e 's/case ERR_[A-Z0-9_]*://g' -e 's/[!=]= *ERR_[A-Z0-9_]*//g' "$top_srcdir/$file"
done | grep -o 'ERR_[A-Z0-9_]*' | sort -u > "$code"
for table in "$top_srcdir"/src/base/err_*.def; do
  [ -f "$table" ] || continue
  name=${table#"$top_srcdir"/}
  grep -n '^ERR_ROW(' "$table" | sed 's/^\([0-9]*\):ERR_ROW(\([A-Z0-9_]*\),.*/\1 ERR_\2/' | while read -r line row; do
    grep -qx "$row" "$code" || echo "$name:$line: $row is raised nowhere"
  done
done > "$findings"
finish
