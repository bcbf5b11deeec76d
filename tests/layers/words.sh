#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No unfinished work under a mark, no path of the machine where something was written.
. "${top_srcdir:-.}/tests/layers/common.sh"

# The words are put together here so that this file does not find itself.
marks="(^|[^A-Za-z_])(TO""DO|FIX""ME|XX""X|HA""CK)([^A-Za-z_]|\$)|not (yet )?imple""mented"
paths="/wo""rk/|\\.\\./sha""red/|/tmp/ba""sh_jobs|/ro""ot/"

{
  sources "$ALL_FOLDERS" c h def sh py mk cfg answers json md txt
  sources m4 m4 | grep "^m4/cmcw-"
  for file in configure.ac Makefile.am autogen.sh README ARCHITECTURE CONTRIBUTING NEWS quickstart .ci/run; do
    [ -f "$top_srcdir/$file" ] && echo "$file"
  done
} | while read -r file; do
  grep -nE "$marks" "$top_srcdir/$file" | sed "s|^\\([0-9]*\\):.*|$file:\\1: this marks unfinished work|"
  grep -nE "$paths" "$top_srcdir/$file" | sed "s|^\\([0-9]*\\):.*|$file:\\1: this is a path of one machine|"
done > "$findings"
finish
