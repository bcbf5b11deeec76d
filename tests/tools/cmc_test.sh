#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cmc's own commands from end to end without a network: exit codes, files, JSON, secrets, libraries.
set -u
for tool in certutil openssl; do
    command -v "$tool" > /dev/null || { echo "SKIP: $tool is missing"; exit 77; }
done
cmc=$top_builddir/cmc
vectors=$top_srcdir/tests/vectors/tools
work=$(mktemp -d "${TMPDIR:-/tmp}/cmctest.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 1
cp -r "$vectors/_base/user" agents && chmod -R u+w agents
printf Secret.123 > pw
printf wrong > bad
printf 'correct horse' > secret
passed=0 failed=0 skipped=

# want EXIT COMMAND...: runs it with nothing to ask; output in out, messages in err.
want() {
    code=$1
    shift
    "$@" > out 2> err < /dev/null
    got=$?
    if [ "$got" = "$code" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL (exit $got, not $code): $*"
        sed 's/^/    /' out err
    fi
}
check() {
    if "$@" > /dev/null 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $*"
    fi
}

# usage
want 4 "$cmc"
want 0 "$cmc" --help
want 0 "$cmc" --version
want 4 "$cmc" reqest
check grep -q 'request' err
for command in pkcs10 crmf token revoke request response show lint import; do
    want 0 "$cmc" "$command" --help
    want 4 "$cmc" "$command" --no-such-option
done

# key and request
want 0 "$cmc" pkcs10 -d db --create --password-file pw -n 'CN=jdoe,UID=jdoe' --san DNS:jdoe.example.com -o jdoe.csr --json
check grep -q '"version": 1' out
check openssl req -in jdoe.csr -verify -noout
check test -s jdoe.csr.keyId
want 0 "$cmc" pkcs10 -d db --password-file pw -a ec -c nistp384 -n 'CN=ec' -o ec.csr
want 0 "$cmc" pkcs10 -d db --password-file pw --key-id "$(cat jdoe.csr.keyId)" -n 'CN=again' -o again.csr
want 4 "$cmc" pkcs10 -d db --password-file bad -n 'CN=x' -o x.csr
check test ! -e x.csr
want 4 "$cmc" pkcs10 -d db --password-file pw -n 'no name' -o x.csr
want 4 "$cmc" pkcs10 -d nodb --password-file pw -n 'CN=x' -o x.csr
want 0 "$cmc" crmf -d db --password-file pw -n 'CN=arch' --archive "$vectors/_base/kra-transport.pem" -o arch.crmf
print=$(openssl x509 -in "$vectors/_base/kra-transport.pem" -fingerprint -sha256 -noout | sed 's/.*=//')
check grep -qE '^For +CN=DRM Transport Certificate,' out
check grep -qE '^Issued by +CN=CA Signing Certificate,' out
check grep -qE "^ +SHA-256 $print\$" out
want 0 "$cmc" show arch.crmf

# A request that came to nothing leaves no key; one that the CA may know has its key named.
popclient() {
    "$top_builddir/dogtag/CRMFPopClient" -d db -p "$(cat pw)" -n CN=lost "$@"
}
keys() {
    "$top_builddir/dogtag/pki" -d db -C pw nss-key-find | grep -c 'Key ID: 0x'
}
before=$(keys)
want 1 popclient -o no/such/lost.crmf
check [ "$(keys)" = "$before" ]
mkdir lost.crmf.keyId
want 1 popclient -o lost.crmf
check test ! -e lost.crmf
check [ "$(keys)" = "$before" ]
want 1 popclient -m localhost:1
check grep -qF 'The key stays in the database, without a certificate: ' err
check [ "$(keys)" = $((before + 1)) ]

# message from a cfg without password
cat > agent.cfg << 'X'
numRequests=1
input=jdoe.csr
output=jdoe.cmc
nickname=PKI Administrator for EXAMPLE
dbdir=agents
format=pkcs10
X
want 4 "$cmc" request agent.cfg
check test ! -e jdoe.cmc
want 4 "$cmc" request --password-file bad agent.cfg
want 0 "$cmc" request --password-file pw agent.cfg --json
check openssl cms -verify -noverify -inform der -in jdoe.cmc -out content.der
want 0 sh -c 'exec 9< pw && "$0" request --password-fd 9 agent.cfg' "$cmc"
want 0 "$cmc" show jdoe.cmc
check grep -q 'CN=jdoe' out
want 0 "$cmc" show --json --der-offsets jdoe.cmc
want 0 sh -c '"$0" show - < jdoe.csr' "$cmc"

# shared secret: from a file, never on standard output
cat > secret.cfg << X
numRequests=1
input=self.csr
output=self.cmc
dbdir=db
format=pkcs10
request.useSharedSecret=true
request.privKeyId=KEYID
identification.enable=true
identification=jdoe
identityProofV2.enable=true
X
want 0 "$cmc" pkcs10 -d db --password-file pw -n 'CN=self' -o self.csr
sed -i "s/KEYID/$(cat self.csr.keyId)/" secret.cfg
want 0 "$cmc" request --password-file pw --secret-file secret secret.cfg
check test -s self.cmc
check sh -c '! grep -q "correct horse" out err'
want 4 "$cmc" request --password-file pw secret.cfg

# mistakes
printf 'output = x\nnumRequests=1\n' > mistakes.cfg
want 4 "$cmc" lint mistakes.cfg
check grep -q 'cfg-blank-before-equals' out err
want 4 "$cmc" request --password-file pw mistakes.cfg
printf '\033[31m' > hostile.csr
want 4 "$cmc" show hostile.csr
check sh -c '! grep -q "$(printf "\\033")" out err'

# answers: trusted, refused, of somebody else, damaged
want 0 "$cmc" response -d agents "$vectors/_responses/success.cmc"
want 2 "$cmc" response -d agents "$vectors/_responses/failed-2.cmc"
want 5 "$cmc" response -d agents "$vectors/_responses/pending.cmc"
want 5 "$cmc" response -d agents "$vectors/_responses/pop-crmf.cmc"
want 7 "$cmc" response -d agents "$vectors/_responses/success-badsig.cmc"
want 7 "$cmc" response -d agents --request jdoe.cmc "$vectors/_responses/success.cmc"
want 7 "$cmc" response -d db "$vectors/_responses/success.cmc"
want 0 "$cmc" response --chain "$vectors/_base/ca.pem" -o out.p7 "$vectors/_responses/success.cmc"
check openssl pkcs7 -in out.p7 -noout
head -c 500 "$vectors/_responses/success.cmc" > cut.cmc
want 1 sh -c '"$0" response -d agents cut.cmc; test $? -ne 0 && exit 1' "$cmc"

# shared token and revocation
want 0 "$cmc" token --cert "$vectors/_base/kra-issuanceprot.pem" --secret-file secret -o token.b64
check sh -c '! grep -q "correct horse" token.b64 out err'
want 4 "$cmc" token --secret-file secret
# Options that would be read by nobody: refused before a directory or a secret is touched.
senseless() {
    words=$1
    shift
    want 4 "$cmc" token --base dc=example,dc=com "$@"
    check grep -qF "[usage]" err
    check grep -qF -- "$words" err
}
nowhere='--store ldap://127.0.0.1:1'
protects="--cert $vectors/_base/kra-issuanceprot.pem --secret-file secret"
# shellcheck disable=SC2086 # words
{
    senseless '--list and --remove cannot' $nowhere --list --remove
    senseless '--list and --serial cannot' $nowhere --list --serial 27
    senseless '--list and --user cannot' $nowhere --list --user jdoe
    senseless '--list and --generate cannot' $nowhere --list --generate made
    senseless '--list and --output cannot' $nowhere --list -o none.out
    senseless '--list and --ldif cannot' --list --ldif
    senseless '--remove and --cert cannot' $nowhere --remove --user jdoe $protects
    senseless '--remove and --secret-fd cannot' $nowhere --remove --user jdoe --secret-fd 0
    senseless '--store and --ldif cannot' $nowhere $protects --ldif --user jdoe
    senseless '--store and --output cannot' $nowhere $protects --user jdoe -o none.out
    senseless 'an LDIF file cannot say which of them' --ldif --remove --serial 0x10
    senseless '--cert and --nickname cannot' --ldif --user jdoe $protects --nickname other
    senseless '--generate and --secret-file cannot' --ldif --user jdoe $protects --generate made
    senseless '--secret-file and --secret-fd cannot' --ldif --user jdoe $protects --secret-fd 0
    senseless '--ldap-password-file does nothing without --bind-dn' $nowhere $protects --user jdoe --ldap-password-file secret
    senseless '--bind-dn does nothing without --store' $protects --ldif --user jdoe -D cn=admin
    senseless '--start-tls does nothing without --store' $protects --ldif --user jdoe --start-tls
    senseless '--base does nothing without --store/--ldif' $protects
    want 4 "$cmc" token $protects --user jdoe
    check grep -qF -- '--user does nothing without --store/--ldif' err
    want 4 "$cmc" token $nowhere --list --json --remove
    check grep -q '"id": *"usage"' out
}
check test ! -e made
check test ! -e none.out
want 0 "$cmc" revoke -d agents --password-file pw --nickname 'PKI Administrator for EXAMPLE' --serial 0x16 --reason keyCompromise -o rev.cmc
want 0 "$cmc" show rev.cmc
check grep -q 'keyCompromise' out
want 4 "$cmc" revoke -d agents --password-file pw --nickname 'PKI Administrator for EXAMPLE' --serial 22 --reason because -o rev2.cmc
check grep -qF '[cmc-no-such-reason]' err
check test ! -e rev2.cmc
want 0 "$cmc" revoke -d agents --password-file pw --nickname 'PKI Administrator for EXAMPLE' --serial 22 --reason superseded \
    --invalidity-date 2026-01-02 --comment 'old laptop' -o rev4.cmc
want 0 "$cmc" show rev4.cmc
check grep -q '2026-01-02' out
check grep -q 'old laptop' out
want 4 "$cmc" revoke -d agents --password-file pw --nickname 'PKI Administrator for EXAMPLE' --serial 22 --invalidity-date soon -o rev5.cmc
check test ! -e rev5.cmc
want 0 "$cmc" revoke --issuer 'CN=CA' --secret-file secret --serial 22 -o rev3.cmc -d agents
want 0 "$cmc" revoke --issuer 'CN=CA' --secret-file secret --serial 22 -o rev7.cmc # no database at all
check test -s rev7.cmc
want 0 "$cmc" revoke -d agents --password-file pw --nickname 'PKI Administrator for EXAMPLE' --serial 22 --reason superseded -o rev6.cmc
check test ! -s err
want 0 "$cmc" revoke -d agents --password-file pw --nickname 'PKI Administrator for EXAMPLE' --serial 22 --reason REMOVEfromcrl -o rev6.cmc
check grep -q 'cmc revoke: warning: removeFromCRL releases no hold' err
for reason in 8 removeFromCRL; do
    want 0 "$top_builddir/dogtag/CMCRevoke" -dagents "-nPKI Administrator for EXAMPLE" -iCN=CA -s22 -m$reason -pSecret.123 -ca
    check grep -q 'CMCRevoke: warning: removeFromCRL releases no hold' err
done

# outputs that cannot be written
want 1 "$cmc" revoke -d agents --password-file pw --nickname 'PKI Administrator for EXAMPLE' --serial 1 -o nodir/rev.cmc
sed 's#^output=.*#output=/dev/full#' agent.cfg > full.cfg
want 1 "$cmc" request --password-file pw full.cfg

# what cmc loads
if command -v readelf > /dev/null; then
    check sh -c '! readelf -d "$0" | grep -E "NEEDED.*(libcurl|libldap)"' "$cmc"
else
    skipped="what cmc loads is not looked at: readelf is not installed"
fi
echo "$passed passed, $failed failed"
test "$failed" = 0 || exit 1
test -z "$skipped" || { echo "$skipped"; exit 77; }
