#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# xgettext, and then budgets.awk over what it wrote. Called by po/Makefile in xgettext's place.
program=${XGETTEXT_PROGRAM:-xgettext}
domain='' folder=.
for arg in "$@"; do
  case $arg in
    --default-domain=*) domain=${arg#*=} ;;
    --directory=*) folder=${arg#*=} ;;
  esac
done
"$program" "$@" || exit
[ -n "$domain" ] && [ -f "$domain.po" ] || exit 0
here=$(dirname "$0")
awk -v top="$folder" -v rules="$here/budgets" -f "$here/budgets.awk" "$domain.po" > "$domain.po.t" && mv "$domain.po.t" "$domain.po"
