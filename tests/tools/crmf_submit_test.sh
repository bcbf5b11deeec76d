#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# CRMFPopClient -m: what goes to the CA's form, what is said about its answer, and that a refusal is a failure.
set -u
for tool in python3 openssl; do
    command -v "$tool" > /dev/null || { echo "SKIP: $tool is missing"; exit 77; }
done
vectors=$top_srcdir/tests/vectors/tools
crmf=$top_builddir/dogtag/CRMFPopClient
work=$(mktemp -d "${TMPDIR:-/tmp}/crmfsubmit.XXXXXX")
cd "$work" || exit 1
mkfifo in
python3 "$top_srcdir/tests/tools/rest_mock.py" none log nobody nothing plain < in > port &
mock=$!
exec 9> in
trap 'exec 9>&-; wait $mock; rm -rf "$work"' EXIT
waited=0
while ! [ -s port ] && [ "$waited" -lt 200 ]; do
    sleep 0.05
    waited=$((waited + 1))
done
port=$(cat port)
cp -r "$vectors/_base/user" db && chmod -R u+w db
passed=0 failed=0
verdict() {
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
        sed 's/^/    /' said
    fi
}
# answer CODE [REASON]: the page that the CA will send, with the lines that Dogtag's script has.
answer() {
    printf '<HTML><SCRIPT type="text/javascript">\nrequestListSet = new Array;\nrequestList.requestId="26";\nerrorCode="%s";\n%s</SCRIPT>\n</HTML>\n' \
        "$1" "${2:+errorReason=\"$2\";
}" > log.form
}
# sent EXIT TITLE ARGUMENT...
sent() {
    wanted=$1
    title=$2
    shift 2
    "$crmf" -d db -p Secret.123 -n 'CN=Jane & Joe,O=EXAMPLE' "$@" > said 2>&1 < /dev/null
    got=$?
    [ "$got" = "$wanted" ]
    verdict $? "$title (exit $got, not $wanted)"
}
has() {
    grep -q "$1" said
    verdict $? "it says $1"
}

answer 0
sent 0 "completed" -m "localhost:$port" -u 'jane doe' -r 'Jane+' -f caOther
has "^Submitting CRMF request to localhost:$port\$"
has '^Request ID: 0x1a$'
has '^Request Status: completed$'
! grep -q '^Reason' said
verdict $? "no reason is told when there is none"
python3 - log << 'EOF' > form 2> said
import base64, json, sys, urllib.parse
row = json.loads(open(sys.argv[1]).readlines()[-1])
assert row["method"] == "POST" and row["path"] == "/ca/ee/ca/profileSubmit", row
form = urllib.parse.parse_qs(row["body"], keep_blank_values=True, strict_parsing=True)
request = form.pop("cert_request")[0]
open("request.der", "wb").write(base64.b64decode(request))
wanted = {"cert_request_type": ["crmf"], "renewal": ["false"], "xmlOutput": ["false"], "profileId": ["caOther"], "SubId": ["profile"],
          "uid": ["jane doe"], "sn_uid": ["jane doe"], "requestor_name": ["Jane+"]}
assert form == wanted, form
EOF
verdict $? "the form has what Dogtag's tool sends"
"$top_builddir/cmc" show request.der > said 2>&1 && grep -q 'Jane & Joe' said
verdict $? "the request in it is the CRMF"
sent 0 "with archival the CA is asked how to wrap, and -w does not count" -m "localhost:$port" -b "$vectors/_base/kra-transport.pem" -w 'AES KeyWrap/Padding' -v
has 'warning: -w does not count'
has '^Using key wrap algorithm: AES/CBC/PKCS5Padding$'
has '^Opening http://localhost'
grep -q '"path": "/ca/rest/info"' log
verdict $? "the CA's information was asked for"
tail -1 log | grep -q caEncUserCert
verdict $? "the profile is caEncUserCert when none is named"
answer 2
sent 0 "pending" -m "localhost:$port"
has '^Request Status: pending$'
answer 1 'Profile <caEncUserCert> Not Found'
sent 1 "failed is a failure" -m "localhost:$port"
has '^Request Status: failed$'
has '^Reason: Profile <caEncUserCert> Not Found$'
has '^CRMFPopClient: error: .*\[ca-form-refused\]$'
answer 3
sent 1 "rejected is a failure" -m "localhost:$port"
answer 7
sent 1 "so is what nobody knows" -m "localhost:$port"
has '^Request Status: unknown$'
echo '<html></html>' > log.form
sent 1 "and a page that says nothing" -m "localhost:$port"
rm log.form
sent 1 "and an HTTP error" -m "localhost:$port"
has '404'
sent 1 "and a server that is not there" -m "localhost:1"
sent 1 "and a port that is none" -m "localhost:x"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
