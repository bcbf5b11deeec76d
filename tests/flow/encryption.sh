# SPDX-License-Identifier: Apache-2.0
# Sourced after lib.sh by the tests of encryption certificates: a user jdoe with a signing certificate, by shared secret.
desk() {
    "$practice" "$@" > "$dir/said" 2>&1 || { sed 's/^/# /' "$dir/said"; bail_out "cmc-practice-ca $*"; }
}

common() {
    printf '%s\n' 'host = localhost' "port = $port" "ca.fingerprint = $fingerprint" "dbdir = $dir/db" "password.file = $dir/password" \
        'practice.import = true'
}

# encrypt NAME [LINE]...; encrypt_as NICKNAME [LINE]...
encrypt() {
    shift
    encrypt_as signing "$@"
}

encrypt_as() {
    {
        echo 'scenario = encryption'
        common
        echo "nickname = $1"
        shift
        for line in "$@"; do
            echo "$line"
        done
    } > "$dir/encryption.answers"
    "$wizard" --answers "$dir/encryption.answers" > "$dir/out" 2>&1 < /dev/null
    status=$?
    cat "$dir/out"
    return $status
}

refused() {
    code=$1 id=$2 title=$3
    shift 3
    fails "$code" "$id" "$title" encrypt "$@"
}

says_proof() {
    grep -qx 'proof: ok' "$dir/out" && grep -qi '^subject: UID=jdoe' "$dir/out"
}

# comes_back SERIAL CERTIFICATE: the archived key comes back from the key recovery authority, and reads what was encrypted with the
# certificate, with nothing of ours in between.
comes_back() {
    rm -f "$dir/back.p12"
    "$practice" recover --password-file "$dir/password" "$ca" "$1" "$dir/back.p12" &&
        openssl pkcs12 -in "$dir/back.p12" -passin "file:$dir/password" -nocerts -nodes -out "$dir/back.key" &&
        openssl pkey -in "$dir/back.key" -pubout > "$dir/key1" && openssl x509 -in "$2" -noout -pubkey > "$dir/key2" &&
        cmp "$dir/key1" "$dir/key2" && echo 'read me again' > "$dir/plain" &&
        openssl cms -encrypt -aes-256-cbc -binary -in "$dir/plain" -outform DER -out "$dir/sealed" "$2" &&
        openssl cms -decrypt -inform DER -in "$dir/sealed" -inkey "$dir/back.key" -binary -out "$dir/opened" &&
        cmp "$dir/plain" "$dir/opened"
}

# took SERIAL and FOLDER of the last enrollment into $serial and $folder.
took() {
    folder=$(sed -n 's/^folder: //p' "$dir/out")
    serial=$(sed -n 's/^serial: //p' "$dir/out")
}

# For the files by hand, in their folder: a new key by the line that the wizard prints for the answers in $dir/encryption.answers, and
# nothing but its id changes in them.
printed_line() {
    "$wizard" --dry-run --answers "$dir/encryption.answers" 2> /dev/null < /dev/null | grep '^CRMFPopClient '
}
fresh_key() {
    rm -f request.cmc request-2.cmc response.cmc response-2.cmc request.crmf request.crmf.keyId
    printed_line > "$dir/line" && cat "$dir/line" && [ -s "$dir/line" ] && PASSWORD=$(cat "$dir/password") sh "$dir/line" || return 1
    if [ -e cmc-decryptedpop.cfg ]; then
        sed -i "s/^request.privKeyId=.*/request.privKeyId=$(cat request.crmf.keyId)/" cmc-decryptedpop.cfg
    fi
}
certificate_comes() {
    CMCResponse -d "$dir/db" -i "${1:-response-2.cmc}" -o second.p7b &&
        openssl pkcs7 -in second.p7b -print_certs | grep -qi '^subject=.*UID *= *jdoe'
}
desk profile "$ca" enable caFullCMCSharedTokenCert caFullCMCUserSignedCert caECFullCMCUserSignedCert caFullCMCUserEncCert
"$cmc" token --cert "$ca/issuance-protection.pem" --generate "$dir/secret" --output "$dir/token" > "$dir/said" 2>&1 || bail_out "cmc token"
desk user "$ca" add jdoe 'uid=jdoe,ou=people,dc=example,dc=com'
desk user "$ca" token jdoe "$dir/token"
{
    echo 'scenario = shared-secret'
    common
    printf '%s\n' 'identification = jdoe' "witness.sharedSecret.file = $dir/secret" 'new.nickname = signing'
} > "$dir/signing.answers"
run 0 'a signing certificate by shared secret' "$wizard" --answers "$dir/signing.answers"

