#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each text file names its licence: in its first three lines, or a document in its last. What cannot carry a line is left out:
# COPYING, recorded vectors, dumps of screens, seeds of fuzz targets, and what gettext and autotools bring.
. "${top_srcdir:-.}/tests/layers/common.sh"

{
  sources "$ALL_FOLDERS" c h def sh py mk awk tap cfg answers csv md json supp in txt 1 5 7 bash fish |
    grep -Ev '^tests/(screens/dumps|screens/walks|fuzz/corpus)/|^po/(boldquot|quot|insert-header|remove-potcdate)|^po/.*\.(pot|in)$'
  sources m4 m4 | grep "^m4/cmcw-" # the others belong to gettext
  for file in configure.ac Makefile.am autogen.sh quickstart .ci/run .clang-format .editorconfig .gitignore po/LINGUAS po/Makevars \
    po/POTFILES.in po/budgets README ARCHITECTURE CONTRIBUTING NEWS data/profiles/README tests/README tests/harness/README \
    tests/vectors/README data/completions/_cmc-wizard; do
    [ -f "$top_srcdir/$file" ] && echo "$file"
  done
} | while read -r file; do
  { head -n 3 "$top_srcdir/$file" && tail -n 1 "$top_srcdir/$file"; } | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
    echo "$file:1: the line SPDX-License-Identifier: Apache-2.0 is missing"
done > "$findings"
finish
