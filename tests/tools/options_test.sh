#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every option of src/tools/dogtag_options.def, and every .cfg key of every version of Dogtag, is known to our tools; others are not.
set -u
top_builddir=$(cd "$top_builddir" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-options-XXXXXX")
trap 'rm -rf "$dir"' EXIT
HOME=$dir
export HOME
failed=0
passed=0
tab=$(printf '\t')
command -v python3 > /dev/null || { echo "SKIP: python3 is missing"; exit 77; }
unknown='Unrecognized (option|argument)|Unknown argument'

# said TOOL ARGUMENT...: what it says; a value that no tool can work with keeps it from doing anything.
said() {
    tool=$1
    shift
    (cd "$dir" && "$top_builddir/dogtag/$tool" "$@" 2>&1 < /dev/null)
}
verdict() {
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
}

# CMCEnroll works only with all its options: each is told by what it does to a command line that is complete.
cp -r "$top_srcdir/tests/vectors/tools/_base/user" "$dir/db"
cp "$top_srcdir/tests/vectors/tools/enroll-ec/req.p10" "$dir/req.p10"
chmod -R u+w "$dir/db" "$dir/req.p10"
enroll() {
    said CMCEnroll -d db -n 'PKI Administrator for EXAMPLE' -r req.p10 -p Secret.123 "$@"
}
enroll_option() { # OPTION: it counts, its value is needed, and without it nothing is done
    case $1 in
    -d) error=nss-db-missing ;;
    -n) error=nss-nickname-not-found ;;
    -r) error=file-missing ;;
    -p) error=nss-wrong-password ;;
    --sha1) # what it does is looked at below
        enroll --sha1 none | grep -q 'Wrong number of parameters:10'
        return ;;
    *) return 1 ;;
    esac
    enroll "$1" none | grep -q "\[$error\]" && enroll "$1" | grep -q '\[usage\]' || return 1
    set -- "$1" -d db -n 'PKI Administrator for EXAMPLE' -r req.p10 -p Secret.123
    left_out=$1
    shift
    for word; do
        shift
        [ "$word" = "$left_out" ] && skip=1 && continue
        [ -n "${skip-}" ] && skip= && continue
        set -- "$@" "$word"
    done
    said CMCEnroll "$@" | grep -q 'Wrong number of parameters:6'
}

spoke() { # STATUS TEXT: it came to an end of its own (255 is pki's) and said something
    [ -n "$2" ] && { [ "$1" -lt 126 ] || [ "$1" = 255 ]; } && ! echo "$2" | grep -q Sanitizer
}
complains() { # TEXT: about the option that is looked at
    case $tool in
    CMCRevoke) echo "$1" | grep -q "^  $name" ;;
    *) echo "$1" | grep -v -- --no-such-option | grep -Eq "$unknown" ;;
    esac
}

"$top_builddir/data/man/dogtag_man" --options > "$dir/options"
verdict $((! $(wc -l < "$dir/options"))) "there are options to look at"
while IFS=$tab read -r tool name arg since help; do
    case $tool:$arg in
    CMCRevoke:*) set -- "$name"none ;;
    pki\ *:-) set -- "${tool#pki }" "$name" --no-such-option ;;
    pki\ *) set -- "${tool#pki }" "$name" none --no-such-option ;;
    pki:-) set -- "$name" nss-cert-find --no-such-option ;;
    pki:*) set -- "$name" none nss-cert-find --no-such-option ;;
    *:-) set -- "$name" ;;
    *) set -- "$name" none ;;
    esac
    called=${tool%% *}
    if [ "$tool" = CMCEnroll ]; then
        enroll_option "$name"
        verdict $? "$tool $name does not count (since $since: $help)"
    else
        text=$(said "$called" "$@")
        spoke $? "$text" && ! complains "$text"
        verdict $? "$tool $name is not known (since $since: $help)"
    fi
done < "$dir/options"
for tool in $(cut -f1 "$dir/options" | cut -d' ' -f1 | sort -u); do
    case $tool in
    CMCRevoke) said "$tool" -zvalue | grep -q '^  -z' ;;
    CMCEnroll) [ ! -e "$dir/req.p10.out" ] && enroll --frobnicate | grep -q '\[usage\]' && [ ! -e "$dir/req.p10.out" ] ;;
    *) said "$tool" --frobnicate | grep -Eq "$unknown" ;;
    esac
    verdict $? "$tool takes an option that nobody has"
done

# CMCResponse of 10.4: values glued to their options; commons-cli: one dash or two
cp "$top_srcdir/tests/vectors/tools/_responses/success.cmc" "$dir/answer.cmc"
said CMCResponse -ianswer.cmc --no-verify | grep -q '^CMC Full Response'
verdict $? "CMCResponse -iFILE"
said CMCResponse -verbose -i answer.cmc -no-verify | grep -q '^Cert:0'
verdict $? "CMCResponse -verbose -no-verify"
said CRMFPopClient -help | grep -qi '^usage'
verdict $? "CRMFPopClient -help"

# Words that belong to no option are ignored, as commons-cli does, and that is said
said CMCResponse -i answer.cmc --no-verify some words - > "$dir/said"
grep -q '^CMC Full Response' "$dir/said" && [ "$(grep -c 'warning: ignored' "$dir/said")" = 3 ]
verdict $? "CMCResponse with words behind its options"
said CMCResponse --no-verify -i answer.cmc -- -x > "$dir/said"
grep -q '^CMC Full Response' "$dir/said" && grep -q 'warning: ignored.*: -x$' "$dir/said"
verdict $? "CMCResponse with --"
cp -r "$top_srcdir/tests/vectors/tools/_base/user" "$dir/keys"
chmod -R u+w "$dir/keys"
said CRMFPopClient -d keys -p Secret.123 -y true -n CN=word -o word.crmf > "$dir/said"
[ -s "$dir/word.crmf" ] && grep -q 'Generating SubjectKeyIdentifier' "$dir/said" && grep -q 'ignored.*: true$' "$dir/said"
verdict $? "CRMFPopClient -y true: $(cat "$dir/said")"
said CMCSharedToken -d keys -p Secret.123 -s secret -b "$top_srcdir/tests/vectors/tools/_base/kra-issuanceprot.pem" word -o word.b64 > "$dir/said"
[ -s "$dir/word.b64" ]
verdict $? "CMCSharedToken with a word: $(cat "$dir/said")"

# CMCEnroll --sha1 signs as Dogtag's does, and else with SHA-256
for hash in sha256 sha1; do
    [ "$hash" = sha1 ] && option=--sha1 || option=
    # A system's policy against SHA-1 is not what is tested.
    NSS_IGNORE_SYSTEM_POLICY=1
    export NSS_IGNORE_SYSTEM_POLICY
    enroll $option > "$dir/said"
    sed '/-----/d' "$dir/req.p10.out" | tr -d '\r' | openssl base64 -d > "$dir/enroll.der"
    openssl asn1parse -inform DER -in "$dir/enroll.der" | grep -q "OBJECT *:$hash$"
    verdict $? "CMCEnroll with $hash: $(cat "$dir/said")"
    openssl cms -verify -noverify -inform DER -in "$dir/enroll.der" -out "$dir/content" 2> "$dir/said"
    verdict $? "openssl takes the signature with $hash: $(cat "$dir/said")"
done

# What changed between versions, in both forms: names of wraps (10.5, 11.0) and OAEP with one dash or two (10.11)
for wrap in "AES/CBC/PKCS5Padding" "AES KeyWrap/Padding" "AES KeyWrap/Wrapped" "aes keywrap/padding"; do
    for oaep in "" -oaep --oaep; do
        rm -f "$dir/wrap.crmf"
        said CRMFPopClient -d keys -p Secret.123 -n CN=w -b "$top_srcdir/tests/vectors/tools/_base/kra-transport.pem" -w "$wrap" $oaep -o wrap.crmf > "$dir/said"
        [ -s "$dir/wrap.crmf" ]
        verdict $? "CRMFPopClient -w \"$wrap\" $oaep: $(cat "$dir/said")"
    done
done
for oaep in -oaep --oaep; do
    rm -f "$dir/word.b64"
    said CMCSharedToken -d keys -p Secret.123 -s secret -b "$top_srcdir/tests/vectors/tools/_base/kra-issuanceprot.pem" $oaep -o word.b64 > "$dir/said"
    [ -s "$dir/word.b64" ]
    verdict $? "CMCSharedToken $oaep: $(cat "$dir/said")"
done
# request.selfSign (10.4) and request.useSharedSecret (10.5); key ids as signed numbers and behind 0x (11.3); serials behind 0x (11.5)
said PKCS10Client -d keys -p Secret.123 -y true -n CN=self -o self.p10 > "$dir/said"
id=$(cat "$dir/self.p10.keyId")
hex=$(printf '%s' "$id" | python3 -c 'import sys; print("0x%040x" % (int(sys.stdin.read(), 16) % (1 << 160)))')
for key in request.selfSign request.useSharedSecret; do
    for form in "$id" "$hex"; do
        printf '%s\n' numRequests=1 input=self.p10 output=self.cmc format=pkcs10 dbdir=keys password=Secret.123 $key=true "request.privKeyId=$form" \
            identification.enable=true identification=jdoe witness.sharedSecret=secret identityProofV2.enable=true \
            identityProofV2.hashAlg=SHA-256 identityProofV2.macAlg=SHA-256-HMAC > "$dir/self.cfg"
        rm -f "$dir/self.cmc"
        said CMCRequest self.cfg > "$dir/said"
        [ -s "$dir/self.cmc" ]
        verdict $? "$key with $form: $(tail -5 "$dir/said")"
    done
done
for serial in 22 0x16; do
    printf '%s\n' numRequests=1 output=rev.cmc format=pkcs10 dbdir=keys password=Secret.123 'nickname=PKI Administrator for EXAMPLE' \
        revRequest.enable=true revRequest.serial=$serial revRequest.reason=unspecified > "$dir/rev.cfg"
    said CMCRequest rev.cfg > "$dir/said"
    "$top_builddir/cmc" show "$dir/rev.cmc" 2>&1 | grep -qi '0x16\|[^0-9]22[^0-9]'
    verdict $? "revRequest.serial=$serial: $(tail -5 "$dir/said")"
    rm -f "$dir/rev.cmc"
done
# Profiles by which versions differ: 10.4, 10.5, 11.6 (and 10.13)
for profile in caFullCMCSelfSignedCert caFullCMCSharedTokenCert caCMCserverCertWithCRLDP caCMCECserverCertWithCRLDP caFrobnicateCert; do
    printf '%s\n' host=localhost port=8443 secure=true input=x output=y clientmode=false "servlet=/ca/ee/ca/profileSubmitCMCFull?profileId=$profile" > "$dir/submit.cfg"
    "$top_builddir/cmc" lint "$dir/submit.cfg" 2>&1 < /dev/null | grep -q profile-unknown
    unknown_is=$?
    [ $profile = caFrobnicateCert ] && verdict $unknown_is "lint knows $profile" || verdict $((! unknown_is)) "lint does not know the profile $profile"
done

# Keys of both dialects, since 10.4
request="numRequests input output format dbdir tokenname nickname password request.useSharedSecret request.selfSign
    request.privKeyId identification.enable identification witness.sharedSecret identityProofV2.enable identityProofV2.hashAlg
    identityProofV2.macAlg popLinkWitnessV2.enable popLinkWitnessV2.keyGenAlg popLinkWitnessV2.macAlg decryptedPop.enable
    encryptedPopResponseFile decryptedPopRequestFile oaep revRequest.enable revRequest.serial revRequest.reason
    revRequest.issuer revRequest.sharedSecret revRequest.comment revRequest.invalidityDatePresent senderNonce.enable
    senderNonce transactionMgt.enable transactionMgt.id dataReturn.enable dataReturn.data getCert.enable getCert.issuer
    getCert.serial confirmCertAcceptance.enable confirmCertAcceptance.issuer confirmCertAcceptance.serial
    LraPopWitness.enable LraPopWitness.bodyPartIDs identityProof.enable identityProof.sharedSecret popLinkWitness.enable"
submit="host port secure input output servlet dbdir tokenname clientmode password nickname numHeaderLines"
for dialect in request submit; do
    eval "keys=\$$dialect"
    for key in $keys frobnicate; do
        echo "numRequests=1" > "$dir/request.cfg"
        echo "host=localhost" > "$dir/submit.cfg"
        echo "$key=x" >> "$dir/$dialect.cfg"
        "$top_builddir/cmc" lint --json "$dir/request.cfg" "$dir/submit.cfg" > "$dir/lint" 2>&1 < /dev/null
        grep -q '"id": *"cfg-unknown-key"' "$dir/lint"
        found=$?
        if [ "$key" = frobnicate ]; then
            verdict "$found" "lint knows $key ($dialect): $(head -c 300 "$dir/lint")"
        else
            verdict $((! found)) "lint does not know $key ($dialect): $(head -c 300 "$dir/lint")"
        fi
    done
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
