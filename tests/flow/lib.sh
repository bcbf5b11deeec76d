# SPDX-License-Identifier: Apache-2.0
# Sourced by the flow tests: a practice CA of their own on a free port, and checks that print TAP lines.
# Environment: top_srcdir, top_builddir. Everything is in $dir, which is removed at the end; the CA ends with the script.
set -u
: "${top_srcdir:=.}" "${top_builddir:=.}"
top_srcdir=$(cd "$top_srcdir" && pwd)
top_builddir=$(cd "$top_builddir" && pwd)
cmc=$top_builddir/cmc
wizard=$top_builddir/cmc-wizard
practice=$top_builddir/cmc-practice-ca
checks=0
broken=0
ca_pid=
slapd_pid=

skip_all() {
    echo "1..0 # SKIP $*"
    exit 0
}

bail_out() {
    echo "Bail out! $*"
    exit 1
}

cleanup() {
    stop_slapd
    if [ -n "$ca_pid" ]; then
        kill "$ca_pid" 2> /dev/null
        wait "$ca_pid" 2> /dev/null
    fi
    rm -rf "$dir"
}

# ok STATUS TITLE: one check; what the last command said is shown when it failed.
ok() {
    checks=$((checks + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $checks - $2"
    elif [ "$1" -eq 77 ] && [ "$judge" = no_judge ]; then
        echo "ok $checks - $2 # SKIP python3-pyasn1 or python3-pyasn1-modules is not installed"
    else
        broken=$((broken + 1))
        echo "not ok $checks - $2"
        sed 's/^/# /' "$dir/said" "$dir/checked" 2> /dev/null
    fi
}

# skip TITLE REASON: checks that this machine cannot make, told where they would stand.
skip() {
    checks=$((checks + 1))
    echo "ok $checks - $1 # SKIP $2"
}

# judge_all: every message that went to the CA, and every answer that it gave. A flow that sends mistakes on purpose says
# sends_mistakes=yes, then only the answers are judged.
judge_all() {
    set -- "$dir"/messages/*.answer
    [ -e "$1" ] && check "the judge accepts all $# answers" $judge "$@"
    set -- "$dir"/messages/*.request
    if [ -e "$1" ] && [ -z "${sends_mistakes:-}" ]; then
        check "the judge accepts all $# messages" $judge "$@"
    fi
}

# finish: the plan.
finish() {
    judge_all
    echo "1..$checks"
    [ "$broken" -eq 0 ]
    exit $?
}

# run CODE TITLE COMMAND...: the exit code must be CODE.
run() {
    wanted=$1
    title=$2
    shift 2
    "$@" > "$dir/said" 2>&1 < /dev/null
    status=$?
    [ "$status" = "$wanted" ] || echo "exit code $status, not $wanted" >> "$dir/said"
    [ "$status" = "$wanted" ]
    ok $? "$title"
}

# fails CODE ID TITLE COMMAND...: the exit code and the id of the error.
fails() {
    wanted=$1
    id=$2
    title=$3
    shift 3
    "$@" > "$dir/said" 2>&1 < /dev/null
    status=$?
    if [ "$status" = "$wanted" ] && grep -q "\[$id\]" "$dir/said"; then
        ok 0 "$title"
    else
        echo "exit code $status, not $wanted with [$id]" >> "$dir/said"
        ok 1 "$title"
    fi
}

# check TITLE COMMAND...: the command must succeed; what the last run said stays in $dir/said.
check() {
    title=$1
    shift
    "$@" > "$dir/checked" 2>&1 < /dev/null
    ok $? "$title"
    : > "$dir/checked"
}

# schema_check TITLE ARGUMENT...: what python3 runs with jsonschema; told as skipped where that is not installed.
schema_check() {
    title=$1
    shift
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import jsonschema' 2> /dev/null; then
            check "$title" "$python" -B "$@"
            return
        fi
    done
    skip "$title" "python3-jsonschema is not installed"
}

# start_ca [OPTION]...
start_ca() {
    rm -f "$dir/ready"
    "$practice" serve "$@" "$ca" --port 0 --ready-file "$dir/ready" > "$dir/serve.log" 2>&1 &
    ca_pid=$!
    for _ in $(seq 300); do
        [ -s "$dir/ready" ] && break
        kill -0 "$ca_pid" 2> /dev/null || break
        sleep 0.1
    done
    [ -s "$dir/ready" ] || { sed 's/^/# /' "$dir/serve.log"; bail_out "the practice CA does not start"; }
    port=$(sed 's/.*:\([0-9]*\).*/\1/' "$dir/ready")
}

stop_ca() {
    kill "$ca_pid" 2> /dev/null
    wait "$ca_pid" 2> /dev/null
    ca_pid=
}

# start_slapd: a directory of the test's own (tests/harness/testslapd.h) in $dir/slapd; $ldap and $ldaps are its addresses. False, with the
# reason in $no_slapd, when there is none on this machine: then the test says SKIP. One that is there and does not serve is a failure.
start_slapd() {
    no_slapd=
    [ -x "$top_builddir/tests/harness/testslapd" ] || { no_slapd='no test directory (cmocka is not installed)'; return 1; }
    "$top_builddir/tests/harness/testslapd" "$dir/slapd" "$dir/slapd.ready" > "$dir/slapd.log" 2>&1 &
    slapd_pid=$!
    for _ in $(seq 300); do
        [ -s "$dir/slapd.ready" ] && break
        kill -0 "$slapd_pid" 2> /dev/null || break
        sleep 0.1
    done
    if [ ! -s "$dir/slapd.ready" ]; then
        kill "$slapd_pid" 2> /dev/null
        wait "$slapd_pid"
        status=$?
        slapd_pid=
        [ "$status" = 77 ] || { sed 's/^/# /' "$dir/slapd.log"; bail_out "slapd is there and does not serve (exit code $status)"; }
        no_slapd='slapd is not installed'
        return 1
    fi
    ldap=$(sed -n 1p "$dir/slapd.ready")
    ldaps=$(sed -n 2p "$dir/slapd.ready")
}

stop_slapd() {
    [ -z "$slapd_pid" ] || { kill "$slapd_pid" 2> /dev/null; wait "$slapd_pid" 2> /dev/null; }
    slapd_pid=
}

# The judge of messages that shares no code with us; without python3-pyasn1 its checks are skipped.
no_judge() {
    return 77
}
judge=no_judge
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import pyasn1_modules.rfc6402' 2> /dev/null; then
        judge="$python -B $top_srcdir/tests/harness/judge.py --quiet"
        break
    fi
done

# new_db FOLDER: an NSS database with a password, the agent and the trusted root in it.
new_db() {
    mkdir -p "$1"
    "$cmc" import -d "$1" --create --practice --password-file "$dir/password" --pkcs12 --pkcs12-password-file "$ca/agent.password" \
        "$ca/agent.p12" > "$dir/agent.out" 2>&1 || { sed 's/^/# /' "$dir/agent.out"; bail_out "the agent cannot be imported"; }
    agent=$(sed -n 's/^Stored as *//p' "$dir/agent.out")
    "$cmc" import -d "$1" --password-file "$dir/password" --trust-root --practice "$ca/chain.pem" > "$dir/agent.out" 2>&1 ||
        { sed 's/^/# /' "$dir/agent.out"; bail_out "the chain cannot be imported"; }
}

# write_cfgs FOLDER PROFILE: cmc-request.cfg and cmc-submit.cfg for FOLDER/new.csr, with database and agent of new_db.
write_cfgs() {
    cat > "$1/cmc-request.cfg" << TEXT
numRequests=1
input=new.csr
output=request.cmc
tokenname=internal
nickname=$agent
dbdir=nssdb
format=pkcs10
TEXT
    cat > "$1/cmc-submit.cfg" << TEXT
host=localhost
port=$port
secure=true
input=request.cmc
output=response.cmc
tokenname=internal
dbdir=nssdb
clientmode=true
nickname=$agent
servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=$2
TEXT
}

# in_folder FOLDER COMMAND...
in_folder() {
    (cd "$1" && shift && "$@")
}

same_key() {
    openssl req -in "$1" -noout -pubkey > "$dir/key1" && openssl x509 -in "$2" -noout -pubkey > "$dir/key2" && cmp "$dir/key1" "$dir/key2"
}

for tool in openssl; do
    command -v "$tool" > /dev/null || skip_all "$tool is not installed"
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-flow-XXXXXX") || exit 1
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
ca=$dir/ca
XDG_CONFIG_HOME=$dir/config XDG_DATA_HOME=$dir/data XDG_STATE_HOME=$dir/state XDG_CACHE_HOME=$dir/cache
export XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
LC_ALL=C.UTF-8
LANGUAGE=
export LC_ALL LANGUAGE
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
(umask 077 && echo 'flow-Secret.1' > "$dir/password" && echo 'another-Secret.2' > "$dir/wrong")
sh "$top_srcdir/tests/harness/practice-ca.sh" "$practice" "$ca" > "$dir/init.log" 2>&1 || { sed 's/^/# /' "$dir/init.log"; bail_out "no practice CA"; }
"$practice" switch "$ca" practice.messages "$dir/messages" || bail_out "no messages"
start_ca
fingerprint=$(openssl x509 -in "$ca/chain.pem" -noout -fingerprint -sha256 | sed 's/.*=//')
