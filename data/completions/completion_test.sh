#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bash completion offers the commands and options that the programs have.
set -u
. "$top_srcdir/data/completions/cmc-wizard.bash"
compopt() { :; }
failed=0

# offers WORD WORDS...: completing the last of WORDS offers WORD.
offers() {
    local wanted=$1
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _cmc_complete "$top_builddir/$1" "${@: -1}" "${@: -2:1}"
    if [[ " ${COMPREPLY[*]-} " != *" $wanted "* ]]; then
        echo "\"$*\" does not offer $wanted but: ${COMPREPLY[*]-}"
        failed=1
    fi
}

offers request cmc req
offers submit cmc ""
offers --json cmc request --j
offers --password-file= cmc request --pass
offers --answers= cmc-wizard --a
offers --practice cmc-wizard --pr
if [[ -x $top_builddir/cmc-practice-ca ]]; then
    offers serve cmc-practice-ca se
    offers --port= cmc-practice-ca serve --po
fi
exit "$failed"
