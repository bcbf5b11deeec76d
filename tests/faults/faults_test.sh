#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What goes wrong in the middle of an enrollment: a clear error with its id and exit code, nothing half-written, and the same
# enrollment ends well when the trouble is over, with one key and without a silent second request.
command -v python3 > /dev/null || { echo "python3 is not installed"; exit 77; }
command -v openssl > /dev/null || { echo "openssl is not installed"; exit 77; }
. "${top_srcdir:-.}/tests/harness/practice.sh"
proxy_pid=
trap 'kill $proxy_pid 2>/dev/null || true; clean_up' EXIT

for part in "-clcerts -nokeys" "-nocerts -nodes"; do
    openssl pkcs12 -in "$CA/agent.p12" -passin "file:$CA/agent.password" $part 2>/dev/null
done > "$T/agent.pem"

# What an earlier enrollment got is the answer "to another request".
answers "subject=uid=earlier" > "$T/a"
wizard --answers "$T/a" --state-dir "$T/earlier" > /dev/null || fail "the first enrollment"
cp "$T/earlier"/*/response.cmc "$T/other.cmc"

echo pass > "$T/mode"
python3 "$top_srcdir/tests/faults/faulty.py" "$CA" "$T/agent.pem" "$T/mode" "$T/port" "$T/other.cmc" > "$T/proxy.log" 2>&1 &
proxy_pid=$!
n=0
while [ ! -e "$T/port" ]; do
    n=$((n + 1)); [ $n -lt 100 ] || fail "faulty.py: $(cat "$T/proxy.log")"
    sleep 0.1
done
port=$(cat "$T/port")
fingerprint=$(sed -n 's/.*"fingerprint": *"\([^"]*\)".*/\1/p' "$CA/ca-description.json")
[ -n "$fingerprint" ] || fail "no fingerprint in the description"

here() {
    printf '%s\n' "host = localhost" "port = $port" "ca.fingerprint = $fingerprint" "dbdir = $DB" "agent.p12 = $CA/agent.p12" \
        "agent.p12.password.file = $CA/agent.password" "password.file = $T/pw" "practice.import = true"
    for pair; do printf '%s\n' "${pair%%=*} = ${pair#*=}"; done
}

clear_error() { # TITLE CODES: exit code among them, one id in brackets, no raw control characters
    case " $2 " in *" $code "*) ;; *) fail "$1: exit code $code, not one of $2: $(cat "$T/err")" ;; esac
    grep -q '\[[a-z0-9-]*\]$' "$T/err" || fail "$1: no error id: $(cat "$T/err")"
    ! grep -q "$(printf '\033')" "$T/err" || fail "$1: control characters"
}

try() { # ARGS: the wizard's exit code in $code
    code=0
    wizard "$@" > "$T/out" 2> "$T/err" < /dev/null || code=$?
}

recovers() { # TITLE ISSUED-BEFORE: the same enrollment ends well
    echo pass > "$T/mode"
    id=$(sessions | tail -1)
    try --answers "$T/a" --resume "$id"
    if [ $code = 6 ] && grep -q 'resend-ask' "$T/err"; then
        { cat "$T/a"; echo "resend = true"; } > "$T/again"
        try --answers "$T/again" --resume "$id"
    fi
    [ $code = 0 ] || fail "$1: does not recover: $code $(cat "$T/err")"
    grep -q '^proof: ok' "$T/out" || fail "$1: no proof afterwards"
    made=$(($(issued) - $2))
    [ $made = 1 ] || fail "$1: $made certificates"
}

# mode, exit codes that are right, whether the certificate was issued meanwhile
while read -r mode codes; do
    here "subject=uid=fault-${mode%%+*}" > "$T/a"
    before=$(issued)
    echo "$mode" > "$T/mode"
    try --answers "$T/a"
    clear_error "$mode" "$codes"
    echo "$mode: exit $code, $(sed -n 's/.*\[\([a-z0-9-]*\)\]$/\1/p' "$T/err" | head -1)"
    case $mode in flipped | other) ;; *) recovers "$mode" "$before" ;; esac
done << 'ROWS'
html 1 2 3 4
notfound 1 2 3 4
broken 1 2 3 4
empty 1 2 3 4
silent 1 3
silent+issue 1 3
cut 1 3 4
huge 1 3 4 7
flipped 7
other 7
ROWS

# The CA is down, then up again at the same place.
kill $proxy_pid
wait $proxy_pid 2>/dev/null || true
here "subject=uid=down" > "$T/a"
try --answers "$T/a"
clear_error "down" "3"
rm -f "$T/port"

# The disk fills up after so many blocks of 512 octets (for files one by one).
for blocks in 0 1 2 4 8 16 40 64; do
    answers "subject=uid=full$blocks" > "$T/a"
    before=$(issued)
    rm -rf "$HOME/.local/state"
    code=0
    (
        trap '' XFSZ
        ulimit -f $blocks
        exec "$top_builddir/cmc-wizard" --answers "$T/a"
    ) 2> "$T/err.pipe" > "$T/out.pipe" < /dev/null || code=$?
    [ $code -lt 128 ] || fail "full disk at $blocks: ended by a signal ($code)"
    if [ $code = 0 ]; then
        continue
    fi
    for file in "$HOME"/.local/state/cmc-wizard/sessions/*/session.json; do
        [ ! -e "$file" ] || python3 -m json.tool "$file" > /dev/null || fail "full disk at $blocks: half a session.json"
    done
    if [ -n "$(sessions)" ]; then
        id=$(sessions | tail -1)
        try --answers "$T/a" --resume "$id"
        if [ $code = 6 ] && grep -q 'resend-ask' "$T/err"; then
            { cat "$T/a"; echo "resend = true"; } > "$T/again"
            try --answers "$T/again" --resume "$id"
        fi
        [ $code = 0 ] || fail "full disk at $blocks: does not recover: $code $(cat "$T/err")"
        made=$(($(issued) - before))
        [ $made = 1 ] || fail "full disk at $blocks: $made certificates"
    fi
done

# A folder for saved enrollments that cannot be one.
: > "$T/file"
answers "subject=uid=x" > "$T/a"
try --answers "$T/a" --state-dir "$T/file"
clear_error "state-dir is a file" "1 4"
try --answers "$T/a" --state-dir "$T/file/below"
clear_error "state-dir below a file" "1 4"
echo "all faults were survived"
