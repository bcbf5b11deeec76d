# SPDX-License-Identifier: Apache-2.0
# Sourced by the walks after lib.sh: the wizard in tmux at 80x24, by keys and what stands on the screen (screen.sh). walk_end belongs
# into the script's exit trap.
. "$top_srcdir/tests/flow/screen.sh" || exit 1
starts=0

walk_end() {
    tmux -S "$socket" kill-server 2> /dev/null
}

# walk_starts COMMAND: in a new terminal, in $dir; its exit code is told.
walk_starts() {
    tmux -S "$socket" kill-server 2> /dev/null
    starts=$((starts + 1)) # a server that is just ending would take the new session with it
    socket=$dir/tmux$starts
    tmux -S "$socket" -f /dev/null new-session -d -x "${walk_cols:-80}" -y "${walk_rows:-24}" "cd '$dir' && $1; echo ended \$?; sleep 600"
}

wizard_starts() {
    walk_starts "'$wizard'"
    sees 'What would you like to do?'
}
