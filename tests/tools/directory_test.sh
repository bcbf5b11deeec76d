#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a helpdesk and an administrator do with cmc alone: tokens in a directory (slapd) by cmc token and by its LDIF, who has one, taking
# one away; cmc admin --check on files that are complete and on such that are not.
set -u
for tool in ldapadd ldapsearch; do
    command -v "$tool" > /dev/null || { echo "SKIP: $tool is missing"; exit 77; }
done
top_builddir=$(cd "$top_builddir" && pwd) top_srcdir=$(cd "$top_srcdir" && pwd)
[ -x "$top_builddir/tests/harness/testslapd" ] || { echo 'SKIP: no test directory (cmocka is missing)'; exit 77; }
cmc=$top_builddir/cmc
work=$(mktemp -d "${TMPDIR:-/tmp}/cmcdir.XXXXXX")
slapd_pid=
end() {
    [ -z "$slapd_pid" ] || { kill "$slapd_pid" 2> /dev/null; wait "$slapd_pid" 2> /dev/null; }
    rm -rf "$work"
}
trap end EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
LC_ALL=C.UTF-8 LANGUAGE=
export LC_ALL LANGUAGE
passed=0 failed=0

# result STATUS WORDS: counts it; what was said is shown when it failed.
result() {
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $2"
        sed 's/^/    /' out err
    fi
}
# want EXIT COMMAND...: output in out, messages in err.
want() {
    code=$1
    shift
    "$@" > out 2> err < /dev/null
    got=$?
    [ "$got" = "$code" ]
    result $? "exit $got, not $code: $*"
}
check() {
    "$@" > /dev/null 2>&1
    result $? "$*"
}

# ---- cmc admin --check: needs no directory ----
"$cmc" admin --version 11.3 --cs-lines > lines
check grep -q '^auths.instance.SharedToken.ldap.ldapconn.secureConn=true' lines
"$cmc" admin --version 11.3 --cs-lines --directory ldaps://dir.example.com > lines
check sh -c 'grep -q "ldapconn.host=dir.example.com" lines && grep -q "ldapconn.port=636" lines && grep -q "ldapconn.secureConn=true" lines'
want 4 "$cmc" admin --cs-lines --directory https://dir.example.com
check grep -qF '[dir-url]' err
want 4 "$cmc" admin --cs-lines --directory ldaps://dir.example.com --ldaps
"$cmc" admin --version 11.3 --cs-lines --directory ldap://ldap.example.com > lines
{ echo cms.version=11.3 && cat lines; } > CS.cfg
want 0 "$cmc" admin --check CS.cfg
check grep -q 'Everything' out
want 0 "$cmc" admin --check CS.cfg --json
check grep -q '"wrong": 0' out
grep -v '^auths.instance.SharedToken.ldap.basedn=' CS.cfg > less.cfg
check sh -c '! cmp -s CS.cfg less.cfg'
want 4 "$cmc" admin --check less.cfg
check grep -q '^missing *auths.instance.SharedToken.ldap.basedn=' out
want 4 "$cmc" admin --check less.cfg --json
check grep -q '"wrong": 1' out
sed 's/^\(auths.instance.SharedToken.pluginName\)=.*/\1=sharedtoken/' CS.cfg > other.cfg
want 4 "$cmc" admin --check other.cfg
check grep -q '^different *auths.instance.SharedToken.pluginName=sharedtoken' out
want 0 "$cmc" admin --check CS.cfg --base-dn OU=people,DC=example,DC=com
check grep -q '^note *auths.instance.SharedToken.ldap.ldapconn.secureConn=false (usually true)' out
want 4 "$cmc" admin --check CS.cfg --ldap-host ldap2.example.com
check grep -q '^different *auths.instance.SharedToken.ldap.ldapconn.host=ldap.example.com' out
sed 's/^enable=.*/enable=true/' "$top_srcdir/data/profiles/caFullCMCSharedTokenCert.cfg" > caFullCMCSharedTokenCert.cfg
want 0 "$cmc" admin --version 11.3 --check caFullCMCSharedTokenCert.cfg
grep -v '^auth.instance_id=' caFullCMCSharedTokenCert.cfg > noauth.cfg
want 4 "$cmc" admin --version 11.3 --check noauth.cfg
check grep -q '^missing *auth.instance_id=CMCUserSignedAuth' out
sed 's/^enable=.*/enable=false/' caFullCMCSharedTokenCert.cfg > off.cfg
want 4 "$cmc" admin --version 11.3 --check off.cfg
check grep -q '^different *enable=false' out
want 4 "$cmc" admin --version 9.0 --check off.cfg
check grep -qF '[admin-version]' err
want 4 "$cmc" admin --check lines.not-there

# ---- cmc token and a directory ----
"$top_builddir/tests/harness/testslapd" "$work/slapd" "$work/slapd.ready" &
slapd_pid=$! started=$!
for _ in $(seq 300); do
    [ -s slapd.ready ] && break
    kill -0 "$slapd_pid" 2> /dev/null || { slapd_pid=; break; }
    sleep 0.1
done
if [ ! -s slapd.ready ]; then
    [ -n "$slapd_pid" ] || wait "$started"
    slapd_exit=$?
    if [ "$slapd_exit" != 77 ]; then
        echo "FAIL: slapd is there and does not serve (exit $slapd_exit)"
        exit 1
    fi
    echo "$passed passed, $failed failed; slapd is not installed"
    [ "$failed" = 0 ] || exit 1
    exit 77
fi
url=$(sed -n 1p slapd.ready)
people=ou=people,dc=example,dc=com
admin=cn=admin,dc=example,dc=com
protection=$top_srcdir/tests/vectors/tools/_base/kra-issuanceprot.pem
(umask 077 && printf 'Secret.123' > ldap.pw && printf 'correct-horse-battery' > secret)
at_dir() {
    "$cmc" token --store "$url" --base "$people" -D "$admin" --ldap-password-file ldap.pw "$@"
}
# stored UID: the token, as the directory has it, on one line
stored() {
    ldapsearch -x -LLL -o ldif-wrap=no -H "$url" -b "$people" "(uid=$1)" shrTok | sed -n 's/^shrTok: //p'
}

want 0 at_dir --list
check test ! -s out
want 0 "$cmc" token --cert "$protection" --secret-file secret -o token.b64
# By LDIF, which ldapadd takes, twice: a second token takes the place of the first.
for round in first second; do
    want 0 "$cmc" token --cert "$protection" --secret-file secret --ldif --base "$people" --user jdoe -o "$round.ldif"
    check grep -qi "^dn: uid=jdoe,$people" "$round.ldif"
    check sh -c '! grep -q "correct-horse" "$1" out err' sh "$round.ldif"
    want 0 ldapadd -x -H "$url" -D "$admin" -y ldap.pw -f "$round.ldif"
    stored jdoe > "$round.token"
    check [ "$(grep -c . "$round.token")" = 1 ]
done
check sh -c '! cmp -s first.token second.token'
want 0 "$cmc" token --cert "$protection" --secret-file secret --ldif --base "$people" --user asmith
check grep -qi "^dn: uid=asmith,$people" out
want 4 "$cmc" token --cert "$protection" --secret-file secret --ldif --user jdoe

# Who has one.
want 0 at_dir --list
check grep -Eq "^jdoe +uid=jdoe,$people\$" out
check [ "$(grep -c . out)" = 1 ]
want 0 at_dir --cert "$protection" --secret-file secret --user asmith
check grep -q 'asmith' out
check test -n "$(stored asmith)"
want 0 at_dir --list
check grep -q '^asmith ' out
check [ "$(grep -c . out)" = 2 ]
want 0 at_dir --list --json
check sh -c 'grep -q "\"uid\": \"jdoe\"" out && grep -q "\"uid\": \"asmith\"" out'

# Away with it: at once, and by LDIF.
want 0 at_dir --remove --user jdoe
check test -z "$(stored jdoe)"
check test -n "$(stored asmith)"
want 0 at_dir --list
check sh -c '! grep -q ^jdoe out'
"$cmc" token --store "$url" --base "$people" -D "$admin" --ldap-password-file ldap.pw --remove --user jdoe > out 2> err
result "$([ $? -ne 0 ] && grep -qF '[dir-' err; echo $?)" 'a token that is not there cannot be removed'
want 4 "$cmc" token --ldif --remove --base "$people" --serial 0x10 -o none.ldif
check grep -q -e --store err
check test ! -e none.ldif
want 0 "$cmc" token --ldif --remove --base "$people" --user asmith -o away.ldif
want 0 ldapmodify -x -H "$url" -D "$admin" -y ldap.pw -f away.ldif
check test -z "$(stored asmith)"
want 0 at_dir --list
check test ! -s out
want 4 "$cmc" token --list
want 4 at_dir --remove

# The token that a secret revokes a certificate with: in the certificate's own entry, by the command alone.
suffix=dc=example,dc=com
for_cert() {
    "$cmc" token --store "$url" --base "$suffix" -D "$admin" --ldap-password-file ldap.pw "$@"
}
# in_record NUMBER: that token, as the directory has it
in_record() {
    ldapsearch -x -LLL -o ldif-wrap=no -H "$url" -D "$admin" -y ldap.pw -b "cn=$1,ou=certificateRepository,ou=ca,$suffix" -s base metaInfo |
        sed -n 's/^metaInfo: revShrTok://p'
}
in_record 26 > before
check test -z "$(in_record 27)"
want 0 for_cert --cert "$protection" --secret-file secret --serial 27
check grep -q 27 out
in_record 27 > first.rev
check test -s first.rev
check sh -c '! grep -q "correct-horse" first.rev out err'
want 0 for_cert --cert "$protection" --secret-file secret --serial 0x1b
in_record 27 > second.rev
check [ "$(grep -c . second.rev)" = 1 ]
check sh -c '! cmp -s first.rev second.rev'
want 0 for_cert --list --base "$people"
check test ! -s out
want 0 for_cert --remove --serial 27
check test -z "$(in_record 27)"
for_cert --cert "$protection" --secret-file secret --serial 4711 > out 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[dir-' err; echo $?)" 'a certificate without an entry gets no token'
in_record 26 > after
check cmp before after

# A secret that is made comes into its file with the token's way out, not before: the file of an earlier one is that of a token in use.
made() {
    "$cmc" token --cert "$protection" --generate made/secret "$@"
}
# made_before: the file is as it was, and alone
made_before() {
    check sh -c '[ "$(cat made/secret)" = earlier ] && [ "$(ls made)" = secret ]'
}
mkdir made && (umask 077 && echo earlier > made/secret)
made --store ldapi://%2Fno%2Fsocket --base "$people" --user jdoe > out 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[dir-' err; echo $?)" 'no directory, no token'
made_before
made --store "$url" --base "$people" -D "$admin" --ldap-password-file ldap.pw --user zorro > out 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[dir-' err; echo $?)" 'an unknown user gets no generated token'
made_before
want 4 made --ldif --user jdoe
made_before
"$cmc" token --cert "$protection" --generate made/secret -o no/such/token > out 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[file-' err; echo $?)" 'a token that cannot be written'
made_before
made > /dev/full 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[file-write]' err; echo $?)" 'a token that nobody reads'
made_before
at_dir --cert "$protection" --generate made --user jdoe > out 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[file-write]' err; echo $?)" 'a secret that cannot be written'
check test -z "$(stored jdoe)"
# A change that was sent and not answered: nobody knows, so the secret stays, and what lay in its place as well.
cat > relay.py << 'TEXT'
import socket, sys, threading
host, port, change, ready = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
door = socket.create_server(("127.0.0.1", 0))
open(ready + ".new", "w").write(str(door.getsockname()[1]))
import os
os.rename(ready + ".new", ready)

def message(s):
    data = b""
    def more(n):
        nonlocal data
        while n > 0:
            got = s.recv(n)
            if not got:
                raise EOFError
            data += got
            n -= len(got)
    more(2)
    n = data[1]
    if n & 128:
        more(n & 127)
        n = int.from_bytes(data[2:], "big")
    more(n)
    return data

def operation(data):  # LDAPMessage ::= SEQUENCE { messageID INTEGER, protocolOp }
    at = 2 + (data[1] & 127 if data[1] & 128 else 0)
    return data[at + 2 + data[at + 1]]

def back(server, client, lost):
    try:
        while True:
            data = message(server)
            if lost.is_set():
                break
            client.sendall(data)
    except (EOFError, OSError):
        pass
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass

while True:
    client, _ = door.accept()
    server, lost = socket.create_connection((host, port)), threading.Event()
    answers = threading.Thread(target=back, args=(server, client, lost), daemon=True)
    answers.start()
    try:
        while True:
            data = message(client)
            if operation(data) == 0x66:  # ModifyRequest
                lost.set()
                if change == "unsent":
                    break
            server.sendall(data)
    except (EOFError, OSError):
        pass
    if change == "unsent":
        server.shutdown(socket.SHUT_RDWR)
    answers.join()
    client.close()
    server.close()
TEXT
where=${url#*://}
if command -v python3 > /dev/null; then
    for change in made unsent; do
        rm -f relay.ready
        python3 relay.py "${where%%:*}" "$(echo "${where#*:}" | tr -cd 0-9)" $change relay.ready 2> relay.err &
        relay=$!
        for _ in $(seq 100); do [ -s relay.ready ] && break; sleep 0.1; done
        made --store "ldap://127.0.0.1:$(cat relay.ready)" --base "$people" -D "$admin" --ldap-password-file ldap.pw --user jdoe > out 2> err < /dev/null
        result "$([ $? = 3 ] && grep -qF '[dir-in-doubt]' err; echo $?)" "$change: the directory says nothing to the change"
        kept=$(sed -n 's/.*is kept in \(made\/secret[^:]*\): .*/\1/p' err)
        check grep -Eqx "[a-z]{5}(-[a-z]{5}){4}" "$kept"
        check sh -c '[ "$1" != made/secret ] && [ "$(cat made/secret)" = earlier ] && rm "$1"' sh "$kept"
        check [ "$(stored jdoe | grep -c .)" = "$([ $change = made ] && echo 1 || echo 0)" ]
        rm -rf other && mkdir other
        "$cmc" token --cert "$protection" --generate other/secret --store "ldap://127.0.0.1:$(cat relay.ready)" --base "$people" -D "$admin" \
            --ldap-password-file ldap.pw --user jdoe > out 2> err < /dev/null
        result "$([ $? = 3 ] && grep -qF 'kept in other/secret:' err; echo $?)" "$change: where nothing lies the secret gets its place"
        check sh -c 'grep -Eqx "[a-z]{5}(-[a-z]{5}){4}" other/secret && [ "$(ls other)" = secret ]'
        kill $relay
        wait $relay 2> /dev/null
        [ $change = unsent ] || want 0 at_dir --remove --user jdoe
    done
fi
want 0 made --store "$url" --base "$people" -D "$admin" --ldap-password-file ldap.pw --user jdoe
check test -n "$(stored jdoe)"
check sh -c 'grep -Eqx "[a-z]{5}(-[a-z]{5}){4}" made/secret && [ "$(ls made)" = secret ] && [ "$(stat -c %a made/secret)" = 600 ]'
want 0 at_dir --remove --user jdoe

# A certificate from the database is judged as one from a file.
cp -r "$top_srcdir/tests/vectors/tools/_base/user" user && chmod -R u+w user
want 4 "$cmc" token --dbdir user --nickname caSigningCert --secret-file secret -o refused.b64
check grep -qF '[token-certificate]' err
check test ! -e refused.b64

# By a client certificate over TLS, from files alone.
want 0 "$cmc" import -d db --create --password-file ldap.pw --trust-root slapd/ca.pem
tls_url=$(sed -n 2p slapd.ready)
by_cert() {
    "$cmc" token --dbdir db --store "$tls_url" --base "$people" --user jdoe --cert "$protection" --secret-file secret "$@"
}
refused_by() {
    id=$1
    shift
    want 4 by_cert "$@"
    check grep -qF "[$id]" err
    check test -z "$(stored jdoe)"
}
refused_by usage -D "$admin" --ldap-cert slapd/desk.pem --ldap-key slapd/desk.key
refused_by dir-client-cert --ldap-cert slapd/desk.pem
refused_by dir-client-cert --ldap-key slapd/desk.key
check grep -q 'a key in an NSS database or on a token is out of its reach' err
cp slapd/desk.key open.key && chmod 644 open.key
refused_by dir-client-cert --ldap-cert slapd/desk.pem --ldap-key open.key
want 0 by_cert --ldap-cert slapd/desk.pem --ldap-key slapd/desk.key
check test -n "$(stored jdoe)"
want 0 "$cmc" token --dbdir db --store "$tls_url" --base "$people" --user jdoe --remove --ldap-cert slapd/desk.pem --ldap-key slapd/desk.key
check test -z "$(stored jdoe)"

# A user that nobody knows, and a reader that may not write: nothing is stored.
"$cmc" token --cert "$protection" --secret-file secret --store "$url" --base "$people" --user jdoe > out 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[dir-' err; echo $?)" 'nobody in particular stores nothing'
check test -z "$(stored jdoe)"
at_dir --cert "$protection" --secret-file secret --user zorro > out 2> err < /dev/null
result "$([ $? -ne 0 ] && grep -qF '[dir-' err; echo $?)" 'an unknown user gets no token'
echo "$passed passed, $failed failed"
test "$failed" = 0
