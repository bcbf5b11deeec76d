# SPDX-License-Identifier: Apache-2.0
# Sourced by the walks after lib.sh: the wizard in tmux at 80x24, by keys and what stands on the screen. walk_end belongs into the
# script's exit trap.
socket=$dir/tmux
starts=0

walk_end() {
    tmux -S "$socket" kill-server 2> /dev/null
}

screen() {
    tmux -S "$socket" capture-pane -p > "$dir/screen" 2> /dev/null
}

# sees TEXT: within a minute
sees() {
    for _ in $(seq 300); do
        screen
        grep -qF -- "$1" "$dir/screen" && return 0
        sleep 0.1
    done
    sed 's/^/# /' "$dir/screen"
    bail_out "the screen never shows: $1"
}

key() {
    for k in "$@"; do
        tmux -S "$socket" send-keys "$k"
    done
}

type_in() {
    tmux -S "$socket" send-keys -l -- "$1"
    [ -n "${2:-}" ] || sees "$1"
}

# goes LABEL: Tab until the mark stands before that label.
goes() {
    for _ in $(seq 40); do
        screen
        grep -qF -- "▸ $1" "$dir/screen" && return 0
        key Tab
        sleep 0.1
    done
    sed 's/^/# /' "$dir/screen"
    bail_out "no field $1"
}

# presses LABEL: the button among fields.
presses() {
    for _ in $(seq 40); do
        screen
        if grep '▸' "$dir/screen" | grep -qF "[ $1 ]"; then
            key Enter
            return 0
        fi
        key Tab
        sleep 0.1
    done
    sed 's/^/# /' "$dir/screen"
    bail_out "no button $1"
}

# picks WORDS [KEY]: KEY (Down) until the chosen row of the field is that one.
picks() {
    for _ in $(seq 30); do
        screen
        grep -qF -- "● $1" "$dir/screen" && return 0
        key "${2:-Down}" Space
        sleep 0.1
    done
    sed 's/^/# /' "$dir/screen"
    bail_out "no row $1"
}

# walk_starts COMMAND: in a new terminal, in $dir; its exit code is told.
walk_starts() {
    tmux -S "$socket" kill-server 2> /dev/null
    starts=$((starts + 1)) # a server that is just ending would take the new session with it
    socket=$dir/tmux$starts
    tmux -S "$socket" -f /dev/null new-session -d -x 80 -y 24 "cd '$dir' && $1; echo ended \$?; sleep 600"
}

wizard_starts() {
    walk_starts "'$wizard'"
    sees 'What would you like to do?'
}
