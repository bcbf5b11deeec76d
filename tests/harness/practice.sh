# SPDX-License-Identifier: Apache-2.0
# For shell tests that need a practice CA and a user of their own: source it. Afterwards $T is a private folder, HOME and the XDG
# folders lie in it, the CA answers, its description is in place, $T/pw holds a password. All is gone when the test ends.
# Functions: wizard ARGS... (cmc-wizard), answers NAME=VALUE... (prints the usual answers file and these), issued (how many
# certificates), keys (how many in the database), judge_kept (every message that reached the CA, and every answer that it gave, pass
# the judge that shares no code with us; at the end), fail TEXT...
set -eu
top_builddir=$(cd "${top_builddir:-.}" && pwd)
top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
T=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-test-XXXXXX")
HOME=$T/home
export HOME
LC_ALL=C.UTF-8
LANGUAGE=
export LC_ALL LANGUAGE
unset XDG_STATE_HOME XDG_CONFIG_HOME XDG_DATA_HOME NO_COLOR 2>/dev/null || true
mkdir -p "$HOME/.config/cmc-wizard/ca.d"
CA=$T/ca
DB=$T/db
ca_pid=

fail() { echo "FAILED: $*" >&2; exit 1; }
stop_ca() {
    if [ -n "$ca_pid" ]; then
        kill "$ca_pid" 2>/dev/null || true
        wait "$ca_pid" 2>/dev/null || true
        ca_pid=
    fi
}
start_ca() {
    rm -f "$T/ready"
    "$top_builddir/cmc-practice-ca" serve "$CA" --port="${1:-0}" --ready-file "$T/ready" > "$T/ca.log" 2>&1 &
    ca_pid=$!
    n=0
    while [ ! -e "$T/ready" ]; do
        n=$((n + 1))
        [ $n -lt 300 ] || fail "the practice CA does not start: $(cat "$T/ca.log")"
        sleep 0.1
    done
    cp "$CA/ca-description.json" "$HOME/.config/cmc-wizard/ca.d/practice.json"
}
clean_up() { stop_ca; rm -rf "$T"; }
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

wizard() { "$top_builddir/cmc-wizard" "$@"; }
answers() {
    printf '%s\n' "ca = practice" "dbdir = $DB" "agent.p12 = $CA/agent.p12" "agent.p12.password.file = $CA/agent.password" \
        "password.file = $T/pw" "practice.import = true"
    for pair; do printf '%s\n' "${pair%%=*} = ${pair#*=}"; done
}
issued() { grep -c CERT_REQUEST_PROCESSED "$CA/audit.log" || true; }
keys() { certutil -K -d "sql:$DB" -f "$T/pw" 2>/dev/null | grep -c '^<' || true; }
# The one that was worked on last is the last: two of one second have ids in any order.
sessions() { ls -1tr "$HOME/.local/state/cmc-wizard/sessions" 2> /dev/null; }

judge_kept() {
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import pyasn1_modules.rfc6402' 2> /dev/null; then
            set -- "$T"/messages/*.request "$T"/messages/*.answer
            [ -e "$1" ] || fail "the CA kept no message"
            "$python" -B "$top_srcdir/tests/harness/judge.py" --quiet "$@" || fail "the judge does not accept every message"
            echo "the judge accepts all $# messages and answers"
            return
        fi
    done
    echo "python3-pyasn1-modules is not installed: messages and answers were not judged"
    exit 77
}

printf 'Secret.123\n' > "$T/pw"
sh "$top_srcdir/tests/harness/practice-ca.sh" "$top_builddir/cmc-practice-ca" "$CA" > "$T/init.log" 2>&1 || fail "init: $(cat "$T/init.log")"
"$top_builddir/cmc-practice-ca" switch "$CA" practice.messages "$T/messages" > "$T/init.log" || fail "no messages"
start_ca
