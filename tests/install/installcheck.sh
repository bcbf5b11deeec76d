#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make installcheck: the installed programs run, find each other and their data, and do a small enrollment's offline half.
# Environment: bindir, pkglibexecdir, pkgdatadir, mandir, datadir, sysconfdir as configured; programs: those that were built.
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-installed-XXXXXX")
described=
# Folders that are made here go again, those that were there stay. shellcheck disable=SC2086
tidy() {
    [ -z "$described" ] || { rm -f "$described" && rmdir $made 2> /dev/null; }
    rm -rf "$dir"
}
trap tidy EXIT
trap 'exit 1' INT TERM HUP
LC_ALL=C.UTF-8 HOME=$dir XDG_CONFIG_HOME=$dir/config XDG_STATE_HOME=$dir/state XDG_DATA_HOME=$dir/data
export LC_ALL HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME
cd "$dir" || exit 1
passed=0
failed=0
run() {
    title=$1
    shift
    if "$@" > said 2>&1 < /dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $title: $*"
        sed 's/^/    /' said | head -n 12
    fi
}
says() {
    mv said told
    run "$1 says $2" grep -q -- "$2" told
}

for program in $programs; do
    run "$program --version" "$bindir/$program" --version
    says "$program --version" "$program"
    run "$program --help" "$bindir/$program" --help
    run "manual of $program" test -s "$mandir/man1/$program.1"
    run "bash completes $program" test -s "$datadir/bash-completion/completions/$program"
    run "fish completes $program" test -s "$datadir/fish/vendor_completions.d/$program.fish"
done
run "zsh completes" test -s "$datadir/zsh/site-functions/_cmc-wizard"
run "cmc-dogtag(7)" test -s "$mandir/man7/cmc-dogtag.7"
run "profiles" test -s "$pkgdatadir/profiles/caCMCUserCert.cfg"
for program in $programs; do
    case $program in
    cmc-wizard)
        run "cmc-wizard finds its module" "$bindir/cmc-wizard" --list
        ;;
    cmc-practice-ca)
        run "a practice CA with the installed profiles" "$bindir/cmc-practice-ca" init ca
        ;;
    esac
done
run "cmc finds cmc-net" "$bindir/cmc" ca list

# A CA that is described for everybody on this computer. The folder is the real one: where it may not be written, that is said.
system=$sysconfdir/cmc-wizard/ca.d
made=
for folder in "$system" "$sysconfdir/cmc-wizard" "$sysconfdir"; do
    [ -d "$folder" ] || made="$made $folder"
done
if mkdir -p "$system" 2> said && [ -w "$system" ]; then
    described=$system/installcheck-$$.json
    printf '{"version":1,"name":"installcheck-%s","title":"Installed Site","host":"ca.example.com","chain":"x","fingerprint":"00"}\n' $$ > "$described"
    run "cmc looks into $system" "$bindir/cmc" ca list
    says "cmc ca list" "installcheck-$$"
    mkdir -p config/cmc-wizard/ca.d
    sed 's/Installed Site/Own Site/; s/ca.example.com/own.example.com/' "$described" > config/cmc-wizard/ca.d/own.json
    run "the user's own of that name wins" "$bindir/cmc" ca list
    says "cmc ca list" own.example.com
    run "and hides the other" sh -c '! grep -q ca.example.com told'
    rm -r config
else
    echo "SKIP $system cannot be written here: descriptions for everybody are not tried"
fi

# key and PKCS#10, request, show
(umask 077 && echo Secret.123 > password)
run "cmc pkcs10" "$bindir/cmc" pkcs10 --create -d db --password-file password -n uid=jdoe,dc=example,dc=com -o new.csr
run "cmc show of the request" "$bindir/cmc" show new.csr
says "cmc show" jdoe
PATH=$pkglibexecdir/dogtag:$PATH
export PATH
for name in CMCEnroll CMCRequest CMCResponse CMCRevoke CMCSharedToken CRMFPopClient HttpClient PKCS10Client PKICertImport pki; do
    run "$name is there" test -x "$pkglibexecdir/dogtag/$name"
    run "its manual, too" test -s "$pkglibexecdir/dogtag/man/man1/$name.1"
    run "bash completes $name" sh -c 'grep -q "^complete -F .* $1\\( \\|$\\)" "$0"' "$datadir/bash-completion/completions/$name" "$name"
    run "fish completes $name" test -s "$datadir/fish/vendor_completions.d/$name.fish"
    run "zsh completes $name" sh -c 'head -1 "$0" | grep -q " $1\\( \\|$\\)"' "$datadir/zsh/site-functions/_cmc-wizard" "$name"
done
run "PKCS10Client" PKCS10Client -d db -P password -a rsa -l 2048 -y true -o self.csr -n uid=jdoe
cat > request.cfg << TEXT
numRequests=1
input=self.csr
output=request.cmc
tokenname=internal
dbdir=db
password=Secret.123
format=pkcs10
request.useSharedSecret=true
request.privKeyId=$(cat self.csr.keyId)
identification.enable=true
identification=jdoe
witness.sharedSecret=correct-horse-battery
identityProofV2.enable=true
identityProofV2.hashAlg=SHA-256
identityProofV2.macAlg=SHA-256-HMAC
TEXT
run "CMCRequest" CMCRequest request.cfg
says CMCRequest 'is stored in request.cmc'
run "cmc show of the message" "$bindir/cmc" show request.cmc
says "cmc show" identityProofV2
run "pki" pki -d db -C password nss-key-find
says pki '^  Key ID: 0x'
HttpClient > said 2>&1 < /dev/null
says HttpClient HttpClient
run "nothing listens, and that is said" sh -c 'pki -d db -C password -h localhost -p 1 ca-cert-find; test $? = 255'
echo "installcheck: $passed passed, $failed failed"
[ "$failed" = 0 ]
