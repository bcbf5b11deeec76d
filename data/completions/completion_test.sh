#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The committed completions are what the option tables say, in three shells; bash really completes with them; zsh and fish read theirs
# where they are.
set -u
folder=$top_srcdir/data/completions
failed=0

# Up to date?
if command -v python3 > /dev/null && [[ -x $top_builddir/cmc-practice-ca ]]; then
    made=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-completions-XXXXXX")
    trap 'rm -rf "$made"' EXIT
    python3 "$folder/make_completions.py" "$top_builddir" "$made" || failed=1
    for file in cmc-wizard.bash _cmc-wizard cmc-wizard.fish; do
        if ! cmp -s "$made/$file" "$folder/$file"; then
            echo "$file differs from the tables; run: make update-completions"
            diff -u "$folder/$file" "$made/$file" | head -n 30
            failed=1
        fi
    done
fi
# Each file by its own grammar, beside --help and the table of Dogtag's options: zsh and fish need not be here for that.
if command -v python3 > /dev/null && [[ -x $top_builddir/cmc-practice-ca ]]; then
    python3 "$folder/structure.py" "$top_builddir" "$top_srcdir" || failed=1
fi
if command -v zsh > /dev/null; then
    zsh -n "$folder/_cmc-wizard" || failed=1
fi
if command -v fish > /dev/null; then
    fish --no-execute "$folder/cmc-wizard.fish" || failed=1
fi

# Bash, as readline would call it: the function that is registered for the program.
. "$folder/cmc-wizard.bash"
compopt() { :; }

# offers WORD WORDS...: completing the last of WORDS offers WORD.
offers() {
    local wanted=$1 function
    shift
    function=$(complete -p "$1" 2> /dev/null | sed -n 's/.*-F \([^ ]*\).*/\1/p')
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    "${function:-false}" "$1" "${@: -1}" "${@: -2:1}"
    if [[ " ${COMPREPLY[*]-} " != *" $wanted "* ]]; then
        echo "\"$*\" does not offer $wanted but: ${COMPREPLY[*]-}"
        failed=1
    fi
}

# keeps_quiet WORDS...
keeps_quiet() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _cmc_complete
    if [[ ${#COMPREPLY[@]} -ne 0 ]]; then
        echo "\"$*\" offers ${COMPREPLY[*]}"
        failed=1
    fi
}

offers request cmc req
offers submit cmc ""
offers needs-renewal cmc needs
offers --json cmc request --j
offers --password-file= cmc request --pass
offers REVOKED cmc find --status = R
offers REVOKED cmc find --status=R
offers EXPIRED cmc find --status ""
offers nistp384 cmc pkcs10 -c nistp3
offers --answers= cmc-wizard --a
offers --practice cmc-wizard --pr
offers serve cmc-practice-ca se
offers --port= cmc-practice-ca serve --po
offers POP_NONE CRMFPopClient -q POP_N
offers -oaep CRMFPopClient -oa
offers --sha1 CMCEnroll --s
offers ca-cert-find pki -h localhost ca-cert-f
offers --usage PKICertImport --us
offers "$top_srcdir/data" cmc pkcs10 -d "$top_srcdir/dat"
keeps_quiet cmc request --nosuch
keeps_quiet cmc find --name J
exit "$failed"
