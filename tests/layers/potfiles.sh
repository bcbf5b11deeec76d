#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# po/POTFILES.in names each source with a text for people, and no other. potfiles.sh --update writes it anew.
. "${top_srcdir:-.}/tests/layers/common.sh"

marked=$(sources "$CODE_FOLDERS" c h def | while read -r file; do
  sed -e 's|/\*.*\*/||' -e '/^#define/d' -e '/^ *\*/d' "$top_srcdir/$file" |
    grep -Eq '(^|[^A-Za-z0-9_])(_|N_|C_|NC_|ngettext)\((\(|")|(^|[^A-Za-z0-9_])(gettext|ngettext|C_|NC_)\([^"]*"' && echo "$file"
done)

if [ "${1:-}" = --update ]; then
  { echo "# SPDX-License-Identifier: Apache-2.0"
    echo "# Kept by tests/layers/potfiles.sh --update."
    echo "$marked"; } > "$top_srcdir/po/POTFILES.in"
  exit 0
fi

listed=$(grep -vE '^(#|$)' "$top_srcdir/po/POTFILES.in")
for file in $marked; do
  echo "$listed" | grep -qxF "$file" || echo "$file:1: po/POTFILES.in does not name this file (run tests/layers/potfiles.sh --update)"
done > "$findings"
for file in $listed; do
  [ -f "$top_srcdir/$file" ] || echo "po/POTFILES.in:1: $file does not exist"
done >> "$findings"
finish
