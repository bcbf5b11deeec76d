#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions to 100 lines, files to 700, lines to 140 columns (aim at 120). Tables of data may be as long as they need.
. "${top_srcdir:-.}/tests/layers/common.sh"

sources "$CODE_FOLDERS tests" c h | while read -r file; do
  awk -v file="$file" '
    /^\{/ { start = NR }
    /^\}/ {
      if (start && NR - start - 1 > 100) printf "%s:%d: this function has %d lines\n", file, start, NR - start - 1
      start = 0
    }
    {
      columns = $0
      gsub(/[\200-\277]/, "", columns)   # UTF-8: one column a character
      if (length(columns) > 140) printf "%s:%d: this line has %d columns\n", file, NR, length(columns)
    }
    END { if (NR > 700 && file !~ /(_table|_ranges|vectors?)\.[ch]$/) printf "%s:1: this file has %d lines\n", file, NR }
  ' "$top_srcdir/$file"
done > "$findings"
finish
