#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# session.json against its schema, at each state of an enrollment; the schema itself refuses secrets, later versions and unknown
# members. What --json and --json-fd print: tests/promises/json.tap.
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
state=$HOME/.local/state/cmc-wizard/sessions
schema=$top_srcdir/data/schema/session.schema.json

answers "subject=uid=jdoe,ou=people,dc=example,dc=com" > "$T/a"
wizard --answers "$T/a" > "$T/said" 2>&1 || fail "enrollment: $(cat "$T/said")"
"$python3" "$T/check.py" "$schema" "$state"/*/session.json || fail "schema after an enrollment"

# A hand-over that waits, a failure.
printf '%s\n' "scenario = make-csr" "dbdir = $DB" "password.file = $T/pw" "subject = uid=later" > "$T/b"
code=0
wizard --answers "$T/b" > /dev/null 2>&1 || code=$?
[ $code = 5 ] || fail "a hand-over must wait (5), not $code"
answers "subject=uid=x" "profile=caNoSuchProfile" > "$T/c"
code=0
wizard --answers "$T/c" > /dev/null 2>&1 || code=$?
[ $code != 0 ] || fail "an unknown profile is no success"
"$python3" "$T/check.py" "$schema" "$state"/*/session.json || fail "schema of all states"
! grep -rlq 'Secret\.123' "$HOME" || fail "a password lies in $(grep -rl 'Secret\.123' "$HOME")"
echo "the schema holds"
