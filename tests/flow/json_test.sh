#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What programs read from the wizard: session.json against its schema at each state, members of --json, --list --json and the
# events of --json-fd. The members are a promise: adding one is fine and changes this test, renaming one needs a new version.
python3=
for p in python3 /usr/bin/python3; do
    if "$p" -c 'import jsonschema' 2>/dev/null; then python3=$p; break; fi
done
[ -n "$python3" ] || { echo "python3-jsonschema is not installed"; exit 77; }
. "${top_srcdir:-.}/tests/harness/practice.sh"

cat > "$T/check.py" <<'P'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
for name in sys.argv[2:]:
    jsonschema.validate(json.load(open(name)), schema)
bad = json.load(open(sys.argv[2]))
for change in ({"answers": {"password": "x"}}, {"answers": {"witness.sharedSecret": "x"}}, {"version": 2}, {"facts": {"agent.password": "x"}}, {"more": 1}):
    try:
        jsonschema.validate({**bad, **change}, schema)
    except jsonschema.ValidationError:
        continue
    sys.exit("the schema takes %r" % change)
P
cat > "$T/members.py" <<'P'
import json, sys
def show(v):
    return "{%s}" % ",".join("%s:%s" % (k, show(x)) for k, x in sorted(v.items())) if isinstance(v, dict) else "[%s]" % show(v[0]) if isinstance(v, list) and v else type(v).__name__
for line in sys.stdin.read().split("\x1e" if len(sys.argv) > 1 else "\n"):
    if line.strip():
        v = json.loads(line)
        print((v.get("event", "") + " " if "event" in v else "") + show(v))
P
state=$HOME/.local/state/cmc-wizard/sessions
schema=$top_srcdir/data/schema/session.schema.json

answers "subject=uid=jdoe,ou=people,dc=example,dc=com" > "$T/a"
wizard --answers "$T/a" --json --json-fd 3 > "$T/result.json" 3> "$T/events" || fail "enrollment"
"$python3" "$T/check.py" "$schema" "$state"/*/session.json || fail "schema after an enrollment"
got=$("$python3" "$T/members.py" whole < "$T/result.json")
want="{dbdir:str,folder:str,issuer:str,key-id:str,nickname:str,not-after:str,proof:str,scenario:str,serial:str,session:str,state:str,subject:str,token:str,version:int}"
[ "$got" = "$want" ] || fail "--json: $got"
got=$("$python3" "$T/members.py" < "$T/events" | sort | uniq -c | sed 's/^ *[0-9]* //' | cut -d' ' -f1-2)
want="note {event:str,step:str,text:str,time:str,version:int}
result {event:str,result:{dbdir:str,folder:str,issuer:str,key-id:str,nickname:str,not-after:str,proof:str,scenario:str,serial:str,session:str,state:str,subject:str,token:str,version:int},time:str,version:int}
step-done {event:str,step:str,text:str,time:str,version:int}
step-started {event:str,step:str,text:str,time:str,version:int}"
[ "$got" = "$want" ] || fail "events: $got"
"$python3" "$T/members.py" whole < "$T/result.json" > /dev/null

# A hand-over that waits, a failure, and the list.
printf '%s\n' "scenario = make-csr" "dbdir = $DB" "password.file = $T/pw" "subject = uid=later" > "$T/b"
code=0
wizard --answers "$T/b" > /dev/null 2>&1 || code=$?
[ $code = 5 ] || fail "a hand-over must wait (5), not $code"
answers "subject=uid=x" "profile=caNoSuchProfile" > "$T/c"
code=0
wizard --answers "$T/c" --json-fd 3 > /dev/null 2>&1 3> "$T/events" || code=$?
[ $code != 0 ] || fail "an unknown profile is no success"
got=$("$python3" "$T/members.py" < "$T/events" | grep '^error')
[ "$got" = "error {card:str,causes:[str],event:str,exit:int,id:str,said:[str],time:str,todo:str,version:int,what:str,who:str}" ] || fail "error event: $got"
"$python3" "$T/check.py" "$schema" "$state"/*/session.json || fail "schema of all states"
got=$(wizard --list --json | "$python3" "$T/members.py" whole)
[ "$got" = "{enrollments:[{id:str,scenario:str,state:str,subject:str}],version:int}" ] || fail "--list --json: $got"
! grep -rlq 'Secret\.123' "$HOME" || fail "a password lies in $(grep -rl 'Secret\.123' "$HOME")"
echo "members and schema hold"
