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

clear_error() { # TITLE CODE ID: this exit code, this id, a remedy, no raw control characters
    [ "$code" = "$2" ] || fail "$1: exit code $code, not $2: $(cat "$T/err")"
    grep -q "\[$3\]\$" "$T/err" || fail "$1: not [$3]: $(cat "$T/err")"
    grep -q '^What to do: ' "$T/err" || fail "$1: no remedy: $(cat "$T/err")"
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

# The same by hand: cmc submit with the agent's certificate. An answer that is none is not written, and the next try works.
"$top_builddir/cmc" import -d "$T/hand" --create --practice --password-file "$T/pw" --pkcs12 --pkcs12-password-file "$CA/agent.password" \
    "$CA/agent.p12" > "$T/out" || fail "import of the agent"
agent=$(sed -n 's/^Stored as *//p' "$T/out")
"$top_builddir/cmc" import -d "$T/hand" --practice --password-file "$T/pw" --trust-root "$CA/chain.pem" > /dev/null || fail "import of the chain"
"$top_builddir/cmc" pkcs10 -d "$T/hand" --password-file "$T/pw" -n uid=hand -o "$T/hand.csr" > /dev/null || fail "pkcs10"
printf '%s\n' numRequests=1 input=hand.csr output=hand.cmc "nickname=$agent" dbdir=hand format=pkcs10 > "$T/request.cfg"
printf '%s\n' host=localhost "port=$port" secure=true input=hand.cmc output=hand.answer dbdir=hand clientmode=true "nickname=$agent" \
    'servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=caCMCUserCert' > "$T/submit.cfg"
(cd "$T" && "$top_builddir/cmc" request --password-file pw request.cfg > /dev/null) || fail "request"
by_hand() { # MODE CODE ID OPTION...
    hand=$1 hand_code=$2 hand_id=$3
    shift 3
    rm -f "$T/hand.answer"
    code=0
    (cd "$T" && "$top_builddir/cmc" submit --password-file pw "$@" submit.cfg) > "$T/out" 2> "$T/err" < /dev/null || code=$?
    clear_error "cmc submit, $hand" "$hand_code" "$hand_id"
    [ ! -e "$T/hand.answer" ] || fail "cmc submit, $hand: something is written"
}

# mode, exit code, id; for cmc submit where it is another (what an answer is worth is said by cmc response)
while read -r mode codes id hand_code hand_id; do
    here "subject=uid=fault-${mode%%+*}" > "$T/a"
    before=$(issued)
    echo "$mode" > "$T/mode"
    try --answers "$T/a"
    clear_error "$mode" "$codes" "$id"
    case $mode in flipped | other) ;; *) recovers "$mode" "$before" ;; esac
    echo "$mode" > "$T/mode"
    case $hand_code in -) ;; *) by_hand "$mode" "$hand_code" "$hand_id" ;; esac
done << 'ROWS'
html 3 net-not-cmc 3 net-not-cmc
notfound 4 net-http-not-found 4 net-http-not-found
broken 3 net-http-server 3 net-http-server
empty 3 net-answer-empty 3 net-answer-empty
reset 3 net-reset 3 net-reset
silent 3 net-reset 3 net-reset
silent+issue 3 net-reset -
cut 3 net-answer-truncated 3 net-answer-truncated
huge 3 net-answer-too-big 3 net-answer-too-big
flipped 7 trust-signature -
other 7 trust-issued-missing -
ROWS

# Slow: no answer within the time that was given.
echo silent > "$T/mode"
by_hand slow 3 net-timeout --timeout 1
echo pass > "$T/mode"
(cd "$T" && "$top_builddir/cmc" submit --password-file pw submit.cfg > /dev/null) || fail "cmc submit: does not work after all that"
[ -s "$T/hand.answer" ] || fail "cmc submit: no answer"

# The CA is down, then up again at the same place.
kill $proxy_pid
wait $proxy_pid 2>/dev/null || true
here "subject=uid=down" > "$T/a"
try --answers "$T/a"
clear_error "down" 3 net-connect-refused
by_hand down 3 net-connect-refused
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
clear_error "state-dir is a file" 1 file-write
try --answers "$T/a" --state-dir "$T/file/below"
clear_error "state-dir below a file" 1 file-write
judge_kept
echo "all faults were survived"
