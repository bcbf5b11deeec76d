#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each row of a table of fields that asks for something has a help line and says why it is asked; a button has a help line.
# A help that names a key of the full screen has a spoken form for line prompts.
. "${top_srcdir:-.}/tests/layers/common.sh"

sources "screens ui" c | while read -r file; do
  awk -v file="$file" '
    function judge(row, line) {
      match(row, /FIELD_[A-Z]+/)
      kind = substr(row, RSTART, RLENGTH)
      asks = kind ~ /^FIELD_(TEXT|SECRET|CHOICE|CHECK|FILE|LIST|PEM)$/
      if ((asks || kind == "FIELD_BUTTON") && row !~ /[.]help = N_\("/)
        printf "%s:%d: a field without help\n", file, line
      if (asks && row !~ /[.]why = +N_\( *"/)
        printf "%s:%d: a field that does not say why it is asked\n", file, line
      help = row
      sub(/.*[.]help = /, "", help)
      sub(/[.](why|spoken) = .*/, "", help)
      if (asks && help ~ /(F[0-9]|[Aa]rrow keys|Enter|Space|Ctrl-|Tab|Esc)[^a-z]/ && row !~ /[.]spoken = /)
        printf "%s:%d: a help with keys that line prompts do not have, and no spoken form\n", file, line
    }
    !open && /^ *[{][.]kind = FIELD_/ { open = 1; row = ""; first = NR; depth = 0 }
    open {
      row = row " " $0
      bare = $0
      gsub(/"([^"\\]|\\.)*"/, "", bare)
      depth += gsub(/[{]/, "", bare) - gsub(/[}]/, "", bare)
      if (depth <= 0) { judge(row, first); open = 0 }
    }' "$top_srcdir/$file"
done > "$findings"
finish
