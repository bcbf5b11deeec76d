#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Error ids and their exit codes are promises: scripts and helpdesks quote them. tests/promises/errors.txt has one "id code" a line.
# A row that goes or changes is found; a new one is to be added there: error-ids.sh --update does it, and only that. A line is
# taken out by hand, by whoever can say that nobody has ever seen that id.
. "${top_srcdir:-.}/tests/layers/common.sh"
kept=$top_srcdir/tests/promises/errors.txt

# id code, of all rows; the codes' numbers stand in err.h.
numbers=$(sed -n 's/^ *\(EXIT_[A-Z]*\) = \([0-9]*\),.*/s%\1$%\2%/p' "$top_srcdir/src/base/err.h")
rows=$(for file in "$top_srcdir"/src/base/err_*.def; do
  tr '\n' ' ' < "$file" | sed 's%/\*[^*]*\*/%%g' | grep -oE 'ERR_ROW\([A-Z0-9_]+, *"[a-z0-9-]+", *EXIT_[A-Z]+' |
    sed 's/.*"\(.*\)", */\1 /'
done | sed "$numbers" | sort)
count=$(cat "$top_srcdir"/src/base/err_*.def | grep -c '^ERR_ROW(')
[ "$(echo "$rows" | grep -c .)" = "$count" ] || echo "src/base: not every ERR_ROW is of the form CODE, \"id\", EXIT_x" > "$findings"

if [ "${1:-}" = --update ]; then
  { grep '^#' "$kept"; { grep -v '^#' "$kept"; echo "$rows" | while read -r id code; do
      grep -q "^$id " "$kept" || echo "$id $code"
    done; } | sort; } > "$kept.new" && mv "$kept.new" "$kept"
fi
grep -v '^#' "$kept" | while read -r line; do
  echo "$rows" | grep -qxF "$line" || echo "tests/promises/errors.txt: \"$line\" is gone or has another exit code; ids and codes are kept"
done >> "$findings"
echo "$rows" | while read -r line; do
  grep -qxF "$line" "$kept" || echo "tests/promises/errors.txt: \"$line\" is new: run tests/layers/error-ids.sh --update"
done >> "$findings"
echo "$rows" | cut -d' ' -f1 | uniq -d | sed 's/^/src\/base: two rows have the id /' >> "$findings"
finish
