# SPDX-License-Identifier: Apache-2.0
# Bash completion for cmc, cmc-wizard and cmc-practice-ca. Options are asked from the programs' own --help, so that they
# are always those of the installed version.

_cmc_options() {
    "$@" --help 2> /dev/null < /dev/null | sed -n 's/^ *\(-[A-Za-z], \)\{0,1\}\(--[a-z0-9-]*=\{0,1\}\).*/\2/p'
}

_cmc_commands() {
    "$1" --help 2> /dev/null < /dev/null | sed -n 's/^  \([a-z][a-z0-9-]*\) .*/\1/p'
}

_cmc_complete() {
    local program=$1 current=${COMP_WORDS[COMP_CWORD]} word command=
    local -i i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word != -* ]]; then
            command=$word
            break
        fi
    done
    COMPREPLY=()
    compopt -o default 2> /dev/null
    if [[ $current == -* ]]; then
        if [[ ${program##*/} == cmc-wizard ]]; then command=; fi
        COMPREPLY=($(compgen -W "$(_cmc_options "$program" $command)" -- "$current"))
        if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2> /dev/null; fi
    elif [[ -z $command && ${program##*/} != cmc-wizard ]]; then
        COMPREPLY=($(compgen -W "$(_cmc_commands "$program")" -- "$current"))
    fi
}

complete -F _cmc_complete cmc cmc-wizard cmc-practice-ca
