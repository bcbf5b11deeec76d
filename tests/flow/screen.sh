# SPDX-License-Identifier: Apache-2.0
# Sourced after lib.sh by tests that sit before the wizard in tmux: $socket is the server's.
socket=$dir/tmux

screen() {
    tmux -S "$socket" capture-pane -p > "$dir/screen" 2> /dev/null
}

# drawn TEXT: the page with that text is on the screen whole; a look may come in the middle of its drawing. One second at most.
drawn() {
    for _ in $(seq 10); do
        cp "$dir/screen" "$dir/screen.before"
        sleep 0.1
        screen
        grep -qF -- "$1" "$dir/screen" || { cp "$dir/screen.before" "$dir/screen"; return 0; }
        ! cmp -s "$dir/screen" "$dir/screen.before" || return 0
    done
}

# sees TEXT: within half a minute, or $patience tenths of a second.
sees() {
    for _ in $(seq "${patience:-300}"); do
        screen
        if grep -qF -- "$1" "$dir/screen"; then
            drawn "$1"
            return 0
        fi
        sleep "${pace:-0.1}"
    done
    sed 's/^/# /' "$dir/screen"
    bail_out "the screen never shows: $1"
}

key() {
    for k in "$@"; do
        tmux -S "$socket" send-keys "$k"
    done
}

# looks: what the terminal shows, with colours and the cursor's place.
looks() {
    tmux -S "$socket" capture-pane -ep 2> /dev/null
    tmux -S "$socket" display-message -p '#{cursor_x},#{cursor_y}' 2> /dev/null
}

# until_changed COMMAND...: runs it and waits until the screen is another one; where it stays the same, for three seconds.
until_changed() {
    before=$(looks | cksum)
    "$@"
    for _ in $(seq 30); do
        [ "$(looks | cksum)" = "$before" ] || return 0
        sleep 0.1
    done
}

# settles: waits until the screen stays the same for half a second; ten seconds at most.
settles() {
    for _ in $(seq 20); do
        before=$(looks | cksum)
        sleep 0.5
        [ "$(looks | cksum)" != "$before" ] || return 0
    done
}

type_in() {
    tmux -S "$socket" send-keys -l -- "$1"
    [ -n "${2:-}" ] || sees "$1"
}

# The field that has the focus: what stands behind the mark and, as that may be a row of a list, the last label above.
focused() {
    awk '{ mark = sub(/^ ▸ /, "   ") }
        /^   [^ ]/ && !/^   (○|●)/ { label = substr($0, 4) }
        mark { print substr($0, 4); print label; exit }' "$dir/screen"
}

# goes LABEL: Tab until that field has the focus.
goes() {
    for _ in $(seq 40); do
        screen
        while read -r label; do
            case $label in "$1"*) return 0 ;; esac
        done <<EOF
$(focused)
EOF
        until_changed key Tab
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
        until_changed key Tab
    done
    sed 's/^/# /' "$dir/screen"
    bail_out "no button $1"
}

# picks WORDS [KEY]: KEY (Down) until the chosen row of the field is that one.
picks() {
    for _ in $(seq 30); do
        screen
        grep -qF -- "● $1" "$dir/screen" && return 0
        until_changed key "${2:-Down}"
        screen
        grep -qF -- "● $1" "$dir/screen" || until_changed key Space
    done
    sed 's/^/# /' "$dir/screen"
    bail_out "no row $1"
}

# whole FILE: all that the page holds, by its copy view, with the lines that scrolled away; then back to the page.
whole() {
    key F5
    sees 'Press Enter to go back.'
    tmux -S "$socket" capture-pane -p -J -S -300 > "$1"
    key Enter
    sees 'Esc close'
    tmux -S "$socket" clear-history
}
