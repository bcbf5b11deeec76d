#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each test that tests/README names is there: a path (tests/unit/cmc/trust_test, trust_test: recorded), the names after "flows:" and
# "tests/po:", screen programs (token_screen), and functions after a program's name (wizard: plain).
. "${top_srcdir:-.}/tests/layers/common.sh"
set -f

# there BASE: a file or folder of that name, with or without its ending.
there() {
  for ending in '' .c .sh .tap .py; do
    [ -e "$top_srcdir/$1$ending" ] && return 0
  done
  return 1
}

# The program of a short name.
program() {
  case $1 in
  wizard) echo tests/screens/wizard_screen_test ;;
  ui) echo tests/screens/ui_screen_test ;;
  failure) echo tests/unit/flow/failure_test ;;
  *_screen) echo "tests/screens/$1_test" ;;
  *) echo "$1" ;;
  esac
}

# names TEXT: the words between commas, without what is said of them in brackets.
names() {
  echo "$1" | sed 's/([^)]*)//g' | tr ',' '\n' | sed 's/^ *//; s/ *$//' | grep -E '^[a-z0-9_]+$'
}

# Rows are lines that begin with four blanks; a row goes on in lines that are blank up to its second column.
awk '/^    / { if (substr($0, 5, 50) ~ /^ *$/ && row != "") { sub(/^ +/, ""); row = row " " $0; next } }
     { if (row != "") print row; row = /^    / ? $0 : "" }
     END { if (row != "") print row }' "$top_srcdir/tests/README" | cut -c59- | tr ';' '\n' | sed 's/^ *//' > "$findings.parts"
while read -r part; do
  head=$(echo "${part%%:*}" | sed 's/ *$//')
  rest=
  case $part in *:*) rest=${part#*:} ;; esac
  case $head in
  *,*) ;; # several programs, below
  flows | tests/flow) names "$rest" | while read -r n; do there "tests/flow/$n" || echo "tests/README: no tests/flow/$n"; done ;;
  tests/po) names "$rest" | while read -r n; do there "tests/po/$n" || echo "tests/README: no tests/po/$n"; done ;;
  wizard | ui | failure | *_screen)
    file=$(program "$head")
    there "$file" || echo "tests/README: no $file"
    names "$rest" | while read -r n; do
      grep -qE "\b(test_)?$n\b" "$top_srcdir/$file.c" || echo "tests/README: $file has no $n"
    done
    ;;
  esac
  # "tests/unit/nss/nssdb_test, certdb_test" and "handover_screen, helpdesk_screen": what follows a path is beside it.
  folder=
  for word in $(echo "$head" | sed 's/([^)]*)//g' | tr ',' ' '); do
    case $word in
    tests/* | data/* | .ci/*)
      word=$(echo "$word" | sed 's/[.*]*$//; s/\/$//')
      folder=${word%/*}
      there "$word" || echo "tests/README: no $word"
      ;;
    *_screen) there "$(program "$word")" || echo "tests/README: no $word" ;;
    *_test) [ -z "$folder" ] || there "$folder/$word" || echo "tests/README: no $folder/$word" ;;
    esac
  done
done < "$findings.parts" > "$findings"
rm -f "$findings.parts"
finish
