# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/po/parity.tap for "make walks": the same walks as a person in tmux takes them, at WALK_SIZE, each page kept as
# WALK_DUMPS/NN-PAGE.txt. What is done on which page is said by "screens_walk WALK print".
. "$top_srcdir/tests/flow/walk.sh" || exit 1
tab=$(printf '\t')
end_walks() {
    walk_end
    cleanup
}
trap end_walks EXIT

# focus_on TEXT: the arrow keys until the cursor stands in the row with that text.
focus_on() {
    for _ in $(seq 20); do
        screen
        wanted=$(grep -nF -- "$1" "$dir/screen" | head -1 | cut -d: -f1)
        at=$(($(tmux -S "$socket" display-message -p '#{cursor_y}') + 1))
        [ "$at" != "$wanted" ] || return 0
        if [ "$at" -lt "${wanted:-0}" ]; then until_changed key Down; else until_changed key Up; fi
    done
    bail_out "no row $1"
}

tmux_key() {
    case $1 in
    Esc) key Escape ;;
    S-Tab) key BTab ;;
    *) key "$1" ;;
    esac
}

# does WORD VALUE: one line of the walk.
does() {
    case $1 in
    page)
        page=$2
        ;;
    see)
        sees "$2"
        settles
        screen
        cp "$dir/screen" "$WALK_DUMPS/$page.txt"
        ;;
    key) tmux_key "$2" ;;
    text) tmux -S "$socket" send-keys -l -- "$2" ;;
    path) tmux -S "$socket" send-keys -l -- "$TYPED/$2" ;;
    line) tmux -S "$socket" send-keys -l -- "$(head -1 "$ca/$2")" ;;
    row) focus_on "$2" ;;
    esac
}

# walk_in_tmux WALK go en OPTION...: the exit code is the wizard's; its events go to descriptor 3.
walk_in_tmux() {
    walking=$1
    shift 3
    walk_cols=${WALK_SIZE%x*} walk_rows=${WALK_SIZE#*x}
    walk_starts "'$wizard' $* 3> '$dir/tmux.events'"
    "$walk" "$walking" print > "$dir/steps"
    while IFS="$tab" read -r word value <&4; do
        does "$word" "$value"
    done 4< "$dir/steps"
    key Enter
    sees 'ended '
    cat "$dir/tmux.events" >&3
    return "$(sed -n 's/^ended //p' "$dir/screen" | head -1)"
}
