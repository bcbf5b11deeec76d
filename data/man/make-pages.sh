#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes manual pages: data/man/PAGE.in with each line "@run PROGRAM ARGUMENT..." replaced by what the program of the build
# folder prints (commands print the rows of their option tables with --man-source).
# usage: make-pages.sh OUTPUT-FOLDER    Environment: top_srcdir, top_builddir. To add a page: its .in file, a row here.
set -eu
out=$1
LC_ALL=C.UTF-8
LANGUAGE=
export LC_ALL LANGUAGE

for page in cmc-wizard.1 cmc.1 cmc-practice-ca.1 cmc-wizard-answers.5 cmc-dogtag.7; do
    {
        printf '.\\" SPDX-License-Identifier: Apache-2.0\n'
        printf '.\\" Made from data/man/%s.in and the tables of the program: change these, then run make update-man.\n' "$page"
        grep -v '^\.\\" SPDX' "$top_srcdir/data/man/$page.in" | while IFS= read -r line; do
            case $line in
            "@run "*)
                set -- ${line#@run }
                program=$1
                shift
                "$top_builddir/$program" "$@" || { echo "make-pages.sh: $line failed" >&2; exit 1; }
                ;;
            *)
                printf '%s\n' "$line"
                ;;
            esac
        done
    } > "$out/$page"
done

# The tools under Dogtag's names.
for name in $("$top_builddir/data/man/dogtag_man" --names); do
    "$top_builddir/data/man/dogtag_man" "$name" > "$out/$name.1"
done
