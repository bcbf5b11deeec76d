#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each source names its licence in its first line, or in the second after "#!".
. "${top_srcdir:-.}/tests/layers/common.sh"

{
  sources "$ALL_FOLDERS" c h def sh py mk
  sources m4 m4 | grep "^m4/cmcw-" # the others belong to gettext
  for file in configure.ac Makefile.am autogen.sh .clang-format .editorconfig; do
    [ -f "$top_srcdir/$file" ] && echo "$file"
  done
} | while read -r file; do
  head -n 2 "$top_srcdir/$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
    echo "$file:1: the line SPDX-License-Identifier: Apache-2.0 is missing"
done > "$findings"
finish
