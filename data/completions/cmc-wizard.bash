# SPDX-License-Identifier: Apache-2.0
# Made by data/completions/make_completions.py from the option tables; change those, then run make update-completions.

_cmc_commands() {
    case $1 in
    cmc) echo "pkcs10 crmf token module revoke request submit batch response show lint import needs-renewal renew ca find fetch archived admin desk" ;;
    cmc-practice-ca) echo "init serve enroll-agent profile user revocation-token recover switch est-user fault audit status" ;;
    pki) echo "client-init client-cert-import client-cert-find client-cert-show pkcs12-import pkcs12-cert-find pkcs7-import pkcs7-cert-import pkcs7-cert-export pkcs7-cert-find nss-create nss-remove nss-cert-request nss-cert-import nss-cert-export nss-cert-find nss-cert-show nss-key-create nss-key-find ca-cert-find ca-cert-show ca-cert-export cert-find cert-show cert-export" ;;
    esac
}

_cmc_options() {
    case $1:$2 in
    cmc:pkcs10) echo "--dbdir= --token= --create --password-file= --password-fd= --subject= --san= --key-type= --size= --curve= --key-id= --output= --json --help --version" ;;
    cmc:crmf) echo "--dbdir= --token= --create --password-file= --password-fd= --subject= --key-type= --size= --curve= --temporary --no-proof --key-agreement --archive= --wrap= --oaep --ski --output= --json --help --version" ;;
    cmc:token) echo "--cert= --nickname= --oaep --secret-file= --secret-fd= --generate= --output= --dbdir= --token= --password-file= --password-fd= --user= --serial= --store= --base= --bind-dn= --ldap-password-file= --ldap-cert= --ldap-key= --start-tls --remove --list --ldif --json --help --version" ;;
    cmc:module) echo "--dbdir= --name= --json --help --version" ;;
    cmc:revoke) echo "--dbdir= --token= --password-file= --password-fd= --nickname= --serial= --reason= --issuer= --invalidity-date= --comment= --secret-file= --secret-fd= --output= --json --help --version" ;;
    cmc:request) echo "--password-file= --password-fd= --secret-file= --secret-fd= --paste --host= --port= --profile= --json --help --version" ;;
    cmc:submit) echo "--password-file= --password-fd= --http-user= --http-password-file= --http-password-fd= --proxy= --chain= --timeout= --allow-other-subject --insecure-i-know --json --help --version" ;;
    cmc:batch) echo "--output= --jobs= --resend --with-chain --cfg= --host= --port= --profile= --servlet= --nickname= --dbdir= --token= --password-file= --password-fd= --http-user= --http-password-file= --http-password-fd= --proxy= --chain= --timeout= --insecure-i-know --json --help --version" ;;
    cmc:response) echo "--dbdir= --chain= --csr= --request= --output= --certs= --time= --no-verify --json --help --version" ;;
    cmc:show) echo "--json --der-offsets --help --version" ;;
    cmc:lint) echo "--json --dogtag= --ca= --ask-secrets --help --version" ;;
    cmc:import) echo "--dbdir= --token= --create --password-file= --password-fd= --nickname= --trust-root --pkcs12 --pkcs12-password-file= --pkcs12-password-fd= --practice --json --help --version" ;;
    cmc:needs-renewal) echo "--dbdir= --nickname= --use= --within= --json --help --version" ;;
    cmc:renew) echo "--dbdir= --token= --password-file= --password-fd= --nickname= --serial= --same-key --key-type= --size= --new-nickname= --profile= --ca= --host= --port= --ca-fingerprint= --proxy= --state-dir= --practice --dry-run --json --help --version" ;;
    cmc:ca) echo "--host= --port= --proxy= --est --label= --chain= --output= --name= --title= --contact= --directory= --base-dn= --language= --profile= --practice --pop-link-required --save --json --help --version" ;;
    cmc:find) echo "--ca= --host= --port= --chain= --dbdir= --proxy= --name= --uid= --email= --org= --org-unit= --exact --status= --serial-from= --serial-to= --issued-by= --issued-after= --issued-before= --expires-after= --expires-before= --start= --size= --json --help --version" ;;
    cmc:fetch) echo "--ca= --host= --port= --chain= --dbdir= --proxy= --output= --der --with-chain --json --help --version" ;;
    cmc:archived) echo "--ca= --host= --port= --chain= --dbdir= --proxy= --kra-port= --nickname= --token= --password-file= --password-fd= --owner= --json --help --version" ;;
    cmc:admin) echo "--ca-version= --check= --base-dn= --bind-dn= --directory= --ldap-host= --ldap-port= --ldaps --instance= --schema --openldap --cs-lines --json --help --version" ;;
    cmc:desk) echo "--state-dir= --json --help --version" ;;
    cmc:) echo "--help --version" ;;
    cmc-wizard:) echo "--answers= --resume= --import-answer= --list --delete= --support-bundle= --mask-names --dry-run --print-answers --practice --plain --accessible --lang= --ascii --osc52 --json --json-fd= --state-dir= --help --version" ;;
    cmc-practice-ca:init) echo "--profiles= --adopt= --key-type= --help --version" ;;
    cmc-practice-ca:serve) echo "--port= --listen= --keep --ready-file= --pid-file= --help --version" ;;
    cmc-practice-ca:enroll-agent) echo "--help --version" ;;
    cmc-practice-ca:profile) echo "--help --version" ;;
    cmc-practice-ca:user) echo "--help --version" ;;
    cmc-practice-ca:revocation-token) echo "--help --version" ;;
    cmc-practice-ca:recover) echo "--password-file= --help --version" ;;
    cmc-practice-ca:switch) echo "--help --version" ;;
    cmc-practice-ca:est-user) echo "--password-file= --help --version" ;;
    cmc-practice-ca:fault) echo "--help --version" ;;
    cmc-practice-ca:audit) echo "--help --version" ;;
    cmc-practice-ca:status) echo "--help --version" ;;
    cmc-practice-ca:) echo "--help --version" ;;
    CMCResponse:) echo "-d -i -o -v --verbose --help --no-verify" ;;
    PKCS10Client:) echo "-d -h -p -P -a -l -c -x -t -k -s -e -o -n -y -w -v" ;;
    CRMFPopClient:) echo "-d -h -p -n -k -a -l -c -t -s -e -x -q -w -b -oaep --oaep -y -f -o -m -u -r -v --verbose --help" ;;
    CMCSharedToken:) echo "-d -h -p -s -b -n -o -oaep --oaep -v --verbose --help" ;;
    CMCRevoke:) echo "-d -n -i -s -m -t -p -h -c" ;;
    CMCEnroll:) echo "-d -n -r -p --sha1" ;;
    PKICertImport:) echo "-d --database -i --certificate -n --nickname -t --trust -u --usage -f --password -h --hsm -a --ascii -p --pkcs12 -w --pkcs12-password -c --chain -r --chain-trust -s --chain-usage -l --leaf-only --unsafe-keep-keys --unsafe-trust-then-verify --help" ;;
    pki:) echo "-d -c -C -f -n -h -p -P -U -t -u -w -W --token --api --message-format --ignore-banner --ignore-cert-status --reject-cert-status --skip-revocation-check -v --verbose --debug -e --exit-on-error --output --http-output --client-type --help --version" ;;
    pki:ca-cert-find) echo "--name --email --uid --org --orgUnit --locality --state --country --matchExactly --status --minSerialNumber --maxSerialNumber --issuedBy --revokedBy --revocationReason --issuedOnFrom --issuedOnTo --revokedOnFrom --revokedOnTo --validNotBeforeFrom --validNotBeforeTo --validNotAfterFrom --validNotAfterTo --validityOperation --validityCount --validityUnit --certTypeSSLClient --certTypeSSLServer --certTypeSecureEmail --certTypeSubSSLCA --certTypeSubEmailCA --input --start --size" ;;
    pki:ca-cert-show) echo "--output --encoded --pretty" ;;
    pki:ca-cert-export) echo "--output-file --output --output-format" ;;
    pki:client-cert-import) echo "--cert --ca-cert --pkcs7 --pkcs12 --pkcs12-password --pkcs12-password-file --trust --ca-server --serial" ;;
    pki:pkcs7-import) echo "--pkcs7 --input-file --trust --trust-flags" ;;
    pki:pkcs12-import) echo "--pkcs12 --pkcs12-file --password --pkcs12-password --password-file --pkcs12-password-file --no-trust-flags --no-user-certs --no-ca-certs --overwrite" ;;
    pki:client-init) echo "--force" ;;
    pki:cert-find) echo "--name --email --uid --org --orgUnit --locality --state --country --matchExactly --status --minSerialNumber --maxSerialNumber --issuedBy --revokedBy --revocationReason --issuedOnFrom --issuedOnTo --revokedOnFrom --revokedOnTo --validNotBeforeFrom --validNotBeforeTo --validNotAfterFrom --validNotAfterTo --validityOperation --validityCount --validityUnit --certTypeSSLClient --certTypeSSLServer --certTypeSecureEmail --certTypeSubSSLCA --certTypeSubEmailCA --input --start --size" ;;
    pki:cert-show) echo "--output --encoded --pretty" ;;
    pki:cert-export) echo "--output-file --output --output-format" ;;
    esac
}

# What follows an option: file, dir, choices:WORDS, text; nothing when it takes no value.
_cmc_kind() {
    case $1:$2:$3 in
    cmc:pkcs10:-d|cmc:pkcs10:--dbdir) echo "dir" ;;
    cmc:pkcs10:--token|cmc:pkcs10:--password-fd|cmc:pkcs10:-n|cmc:pkcs10:--subject|cmc:pkcs10:--san|cmc:pkcs10:-l|cmc:pkcs10:--size|cmc:pkcs10:--key-id) echo "text" ;;
    cmc:pkcs10:--password-file|cmc:pkcs10:-o|cmc:pkcs10:--output) echo "file" ;;
    cmc:pkcs10:-a|cmc:pkcs10:--key-type) echo "choices:rsa ec" ;;
    cmc:pkcs10:-c|cmc:pkcs10:--curve) echo "choices:nistp256 nistp384 nistp521" ;;
    cmc:crmf:-d|cmc:crmf:--dbdir) echo "dir" ;;
    cmc:crmf:--token|cmc:crmf:--password-fd|cmc:crmf:-n|cmc:crmf:--subject|cmc:crmf:-l|cmc:crmf:--size|cmc:crmf:-w|cmc:crmf:--wrap) echo "text" ;;
    cmc:crmf:--password-file|cmc:crmf:-b|cmc:crmf:--archive|cmc:crmf:-o|cmc:crmf:--output) echo "file" ;;
    cmc:crmf:-a|cmc:crmf:--key-type) echo "choices:rsa ec" ;;
    cmc:crmf:-c|cmc:crmf:--curve) echo "choices:nistp256 nistp384 nistp521" ;;
    cmc:token:-b|cmc:token:--cert|cmc:token:--secret-file|cmc:token:--generate|cmc:token:-o|cmc:token:--output|cmc:token:--password-file|cmc:token:--ldap-password-file|cmc:token:--ldap-cert|cmc:token:--ldap-key) echo "file" ;;
    cmc:token:--nickname|cmc:token:--secret-fd|cmc:token:--token|cmc:token:--password-fd|cmc:token:-u|cmc:token:--user|cmc:token:--serial|cmc:token:--store|cmc:token:--base|cmc:token:-D|cmc:token:--bind-dn) echo "text" ;;
    cmc:token:-d|cmc:token:--dbdir) echo "dir" ;;
    cmc:module:-d|cmc:module:--dbdir) echo "dir" ;;
    cmc:module:--name) echo "text" ;;
    cmc:revoke:-d|cmc:revoke:--dbdir) echo "dir" ;;
    cmc:revoke:--token|cmc:revoke:--password-fd|cmc:revoke:--nickname|cmc:revoke:-s|cmc:revoke:--serial|cmc:revoke:-m|cmc:revoke:--reason|cmc:revoke:-i|cmc:revoke:--issuer|cmc:revoke:--invalidity-date|cmc:revoke:--comment|cmc:revoke:--secret-fd) echo "text" ;;
    cmc:revoke:--password-file|cmc:revoke:--secret-file|cmc:revoke:-o|cmc:revoke:--output) echo "file" ;;
    cmc:request:--password-file|cmc:request:--secret-file) echo "file" ;;
    cmc:request:--password-fd|cmc:request:--secret-fd|cmc:request:--host|cmc:request:--port|cmc:request:--profile) echo "text" ;;
    cmc:submit:--password-file|cmc:submit:--http-password-file|cmc:submit:--chain) echo "file" ;;
    cmc:submit:--password-fd|cmc:submit:--http-user|cmc:submit:--http-password-fd|cmc:submit:--proxy|cmc:submit:--timeout) echo "text" ;;
    cmc:batch:-o|cmc:batch:--output|cmc:batch:-d|cmc:batch:--dbdir) echo "dir" ;;
    cmc:batch:-j|cmc:batch:--jobs|cmc:batch:--host|cmc:batch:--port|cmc:batch:--profile|cmc:batch:--servlet|cmc:batch:-n|cmc:batch:--nickname|cmc:batch:--token|cmc:batch:--password-fd|cmc:batch:--http-user|cmc:batch:--http-password-fd|cmc:batch:--proxy|cmc:batch:--timeout) echo "text" ;;
    cmc:batch:-c|cmc:batch:--cfg|cmc:batch:--password-file|cmc:batch:--http-password-file|cmc:batch:--chain) echo "file" ;;
    cmc:response:-d|cmc:response:--dbdir|cmc:response:--certs) echo "dir" ;;
    cmc:response:--chain|cmc:response:--csr|cmc:response:--request|cmc:response:-o|cmc:response:--output) echo "file" ;;
    cmc:response:--time) echo "text" ;;
    cmc:lint:--dogtag|cmc:lint:--ca) echo "text" ;;
    cmc:import:-d|cmc:import:--dbdir) echo "dir" ;;
    cmc:import:--token|cmc:import:--password-fd|cmc:import:-n|cmc:import:--nickname|cmc:import:--pkcs12-password-fd) echo "text" ;;
    cmc:import:--password-file|cmc:import:--pkcs12-password-file) echo "file" ;;
    cmc:needs-renewal:-d|cmc:needs-renewal:--dbdir) echo "dir" ;;
    cmc:needs-renewal:-n|cmc:needs-renewal:--nickname|cmc:needs-renewal:--within) echo "text" ;;
    cmc:needs-renewal:--use) echo "choices:any signing encryption" ;;
    cmc:renew:-d|cmc:renew:--dbdir|cmc:renew:--state-dir) echo "dir" ;;
    cmc:renew:--token|cmc:renew:--password-fd|cmc:renew:-n|cmc:renew:--nickname|cmc:renew:--serial|cmc:renew:-l|cmc:renew:--size|cmc:renew:--new-nickname|cmc:renew:--profile|cmc:renew:--ca|cmc:renew:--host|cmc:renew:--port|cmc:renew:--ca-fingerprint|cmc:renew:--proxy) echo "text" ;;
    cmc:renew:--password-file) echo "file" ;;
    cmc:renew:-a|cmc:renew:--key-type) echo "choices:rsa ec" ;;
    cmc:ca:--host|cmc:ca:--port|cmc:ca:--proxy|cmc:ca:--label|cmc:ca:--name|cmc:ca:--title|cmc:ca:--contact|cmc:ca:--directory|cmc:ca:--base-dn|cmc:ca:--language|cmc:ca:--profile) echo "text" ;;
    cmc:ca:--chain|cmc:ca:-o|cmc:ca:--output) echo "file" ;;
    cmc:find:--ca|cmc:find:--host|cmc:find:--port|cmc:find:--proxy|cmc:find:--name|cmc:find:--uid|cmc:find:--email|cmc:find:--org|cmc:find:--org-unit|cmc:find:--serial-from|cmc:find:--serial-to|cmc:find:--issued-by|cmc:find:--issued-after|cmc:find:--issued-before|cmc:find:--expires-after|cmc:find:--expires-before|cmc:find:--start|cmc:find:--size) echo "text" ;;
    cmc:find:--chain) echo "file" ;;
    cmc:find:-d|cmc:find:--dbdir) echo "dir" ;;
    cmc:find:--status) echo "choices:VALID INVALID REVOKED EXPIRED REVOKED_EXPIRED" ;;
    cmc:fetch:--ca|cmc:fetch:--host|cmc:fetch:--port|cmc:fetch:--proxy) echo "text" ;;
    cmc:fetch:--chain|cmc:fetch:-o|cmc:fetch:--output) echo "file" ;;
    cmc:fetch:-d|cmc:fetch:--dbdir) echo "dir" ;;
    cmc:archived:--ca|cmc:archived:--host|cmc:archived:--port|cmc:archived:--proxy|cmc:archived:--kra-port|cmc:archived:-n|cmc:archived:--nickname|cmc:archived:--token|cmc:archived:--password-fd|cmc:archived:--owner) echo "text" ;;
    cmc:archived:--chain|cmc:archived:--password-file) echo "file" ;;
    cmc:archived:-d|cmc:archived:--dbdir) echo "dir" ;;
    cmc:admin:--ca-version|cmc:admin:--base-dn|cmc:admin:--bind-dn|cmc:admin:--directory|cmc:admin:--ldap-host|cmc:admin:--ldap-port|cmc:admin:--instance) echo "text" ;;
    cmc:admin:--check) echo "file" ;;
    cmc:desk:--state-dir) echo "dir" ;;
    cmc-wizard::-a|cmc-wizard::--answers|cmc-wizard::--import-answer|cmc-wizard::--support-bundle) echo "file" ;;
    cmc-wizard::-r|cmc-wizard::--resume|cmc-wizard::--delete|cmc-wizard::--lang|cmc-wizard::--json-fd) echo "text" ;;
    cmc-wizard::--state-dir) echo "dir" ;;
    cmc-practice-ca:init:--profiles|cmc-practice-ca:init:--adopt) echo "dir" ;;
    cmc-practice-ca:init:--key-type) echo "choices:rsa ec" ;;
    cmc-practice-ca:serve:-p|cmc-practice-ca:serve:--port|cmc-practice-ca:serve:--listen) echo "text" ;;
    cmc-practice-ca:serve:--ready-file|cmc-practice-ca:serve:--pid-file) echo "file" ;;
    cmc-practice-ca:recover:--password-file) echo "file" ;;
    cmc-practice-ca:est-user:--password-file) echo "file" ;;
    CMCResponse::-d) echo "dir" ;;
    CMCResponse::-i|CMCResponse::-o) echo "file" ;;
    PKCS10Client::-d) echo "dir" ;;
    PKCS10Client::-h|PKCS10Client::-p|PKCS10Client::-l|PKCS10Client::-c|PKCS10Client::-n) echo "text" ;;
    PKCS10Client::-P|PKCS10Client::-o) echo "file" ;;
    PKCS10Client::-a) echo "choices:rsa ec" ;;
    PKCS10Client::-x|PKCS10Client::-t|PKCS10Client::-k|PKCS10Client::-y) echo "choices:true false" ;;
    PKCS10Client::-s|PKCS10Client::-e) echo "choices:-1 0 1" ;;
    CRMFPopClient::-d) echo "dir" ;;
    CRMFPopClient::-h|CRMFPopClient::-p|CRMFPopClient::-n|CRMFPopClient::-l|CRMFPopClient::-c|CRMFPopClient::-w|CRMFPopClient::-f|CRMFPopClient::-m|CRMFPopClient::-u|CRMFPopClient::-r) echo "text" ;;
    CRMFPopClient::-k|CRMFPopClient::-t|CRMFPopClient::-x) echo "choices:true false" ;;
    CRMFPopClient::-a) echo "choices:rsa ec" ;;
    CRMFPopClient::-s|CRMFPopClient::-e) echo "choices:-1 0 1" ;;
    CRMFPopClient::-q) echo "choices:POP_SUCCESS POP_NONE POP_FAIL" ;;
    CRMFPopClient::-b|CRMFPopClient::-o) echo "file" ;;
    CMCSharedToken::-d) echo "dir" ;;
    CMCSharedToken::-h|CMCSharedToken::-p|CMCSharedToken::-s|CMCSharedToken::-n) echo "text" ;;
    CMCSharedToken::-b|CMCSharedToken::-o) echo "file" ;;
    CMCEnroll::-d) echo "dir" ;;
    CMCEnroll::-n|CMCEnroll::-p) echo "text" ;;
    CMCEnroll::-r) echo "file" ;;
    PKICertImport::-d|PKICertImport::--database) echo "dir" ;;
    PKICertImport::-i|PKICertImport::--certificate|PKICertImport::-f|PKICertImport::--password|PKICertImport::-w|PKICertImport::--pkcs12-password) echo "file" ;;
    PKICertImport::-n|PKICertImport::--nickname|PKICertImport::-t|PKICertImport::--trust|PKICertImport::-h|PKICertImport::--hsm|PKICertImport::-r|PKICertImport::--chain-trust) echo "text" ;;
    PKICertImport::-u|PKICertImport::--usage) echo "choices:C V L A Y S R O J" ;;
    PKICertImport::-s|PKICertImport::--chain-usage) echo "choices:L A Y" ;;
    pki:*:-d|pki:*:--output|pki:*:--http-output) echo "dir" ;;
    pki:*:-c|pki:*:-n|pki:*:-h|pki:*:-p|pki:*:-U|pki:*:-t|pki:*:-u|pki:*:-w|pki:*:--token|pki:*:--ignore-cert-status|pki:*:--reject-cert-status) echo "text" ;;
    pki:*:-C|pki:*:-f|pki:*:-W) echo "file" ;;
    pki:*:-P) echo "choices:https http" ;;
    pki:*:--api) echo "choices:v1 v2" ;;
    pki:*:--message-format) echo "choices:json xml" ;;
    pki:*:--client-type) echo "choices:java python" ;;
    pki:ca-cert-find:--name|pki:ca-cert-find:--email|pki:ca-cert-find:--uid|pki:ca-cert-find:--org|pki:ca-cert-find:--orgUnit|pki:ca-cert-find:--locality|pki:ca-cert-find:--state|pki:ca-cert-find:--country|pki:ca-cert-find:--minSerialNumber|pki:ca-cert-find:--maxSerialNumber|pki:ca-cert-find:--issuedBy|pki:ca-cert-find:--revokedBy|pki:ca-cert-find:--revocationReason|pki:ca-cert-find:--issuedOnFrom|pki:ca-cert-find:--issuedOnTo|pki:ca-cert-find:--revokedOnFrom|pki:ca-cert-find:--revokedOnTo|pki:ca-cert-find:--validNotBeforeFrom|pki:ca-cert-find:--validNotBeforeTo|pki:ca-cert-find:--validNotAfterFrom|pki:ca-cert-find:--validNotAfterTo|pki:ca-cert-find:--validityCount|pki:ca-cert-find:--start|pki:ca-cert-find:--size) echo "text" ;;
    pki:ca-cert-find:--status) echo "choices:VALID INVALID REVOKED EXPIRED REVOKED_EXPIRED" ;;
    pki:ca-cert-find:--validityOperation) echo "choices:<= >=" ;;
    pki:ca-cert-find:--validityUnit) echo "choices:day week month year" ;;
    pki:ca-cert-find:--certTypeSSLClient|pki:ca-cert-find:--certTypeSSLServer|pki:ca-cert-find:--certTypeSecureEmail|pki:ca-cert-find:--certTypeSubSSLCA|pki:ca-cert-find:--certTypeSubEmailCA) echo "choices:on off" ;;
    pki:ca-cert-find:--input) echo "file" ;;
    pki:ca-cert-show:--output) echo "file" ;;
    pki:ca-cert-export:--output-file|pki:ca-cert-export:--output) echo "file" ;;
    pki:ca-cert-export:--output-format) echo "choices:pem der" ;;
    pki:client-cert-import:--cert|pki:client-cert-import:--ca-cert|pki:client-cert-import:--pkcs7|pki:client-cert-import:--pkcs12|pki:client-cert-import:--pkcs12-password-file) echo "file" ;;
    pki:client-cert-import:--pkcs12-password|pki:client-cert-import:--trust|pki:client-cert-import:--serial) echo "text" ;;
    pki:pkcs7-import:--pkcs7|pki:pkcs7-import:--input-file) echo "file" ;;
    pki:pkcs7-import:--trust|pki:pkcs7-import:--trust-flags) echo "text" ;;
    pki:pkcs12-import:--pkcs12|pki:pkcs12-import:--pkcs12-file|pki:pkcs12-import:--password-file|pki:pkcs12-import:--pkcs12-password-file) echo "file" ;;
    pki:pkcs12-import:--password|pki:pkcs12-import:--pkcs12-password) echo "text" ;;
    pki:cert-find:--name|pki:cert-find:--email|pki:cert-find:--uid|pki:cert-find:--org|pki:cert-find:--orgUnit|pki:cert-find:--locality|pki:cert-find:--state|pki:cert-find:--country|pki:cert-find:--minSerialNumber|pki:cert-find:--maxSerialNumber|pki:cert-find:--issuedBy|pki:cert-find:--revokedBy|pki:cert-find:--revocationReason|pki:cert-find:--issuedOnFrom|pki:cert-find:--issuedOnTo|pki:cert-find:--revokedOnFrom|pki:cert-find:--revokedOnTo|pki:cert-find:--validNotBeforeFrom|pki:cert-find:--validNotBeforeTo|pki:cert-find:--validNotAfterFrom|pki:cert-find:--validNotAfterTo|pki:cert-find:--validityCount|pki:cert-find:--start|pki:cert-find:--size) echo "text" ;;
    pki:cert-find:--status) echo "choices:VALID INVALID REVOKED EXPIRED REVOKED_EXPIRED" ;;
    pki:cert-find:--validityOperation) echo "choices:<= >=" ;;
    pki:cert-find:--validityUnit) echo "choices:day week month year" ;;
    pki:cert-find:--certTypeSSLClient|pki:cert-find:--certTypeSSLServer|pki:cert-find:--certTypeSecureEmail|pki:cert-find:--certTypeSubSSLCA|pki:cert-find:--certTypeSubEmailCA) echo "choices:on off" ;;
    pki:cert-find:--input) echo "file" ;;
    pki:cert-show:--output) echo "file" ;;
    pki:cert-export:--output-file|pki:cert-export:--output) echo "file" ;;
    pki:cert-export:--output-format) echo "choices:pem der" ;;
    esac
}

# _cmc_add KIND: candidates of that kind for the current word.
_cmc_add() {
    case $1 in
    file) compopt -o filenames 2> /dev/null && COMPREPLY=($(compgen -f -- "$current")) ;;
    dir) compopt -o filenames 2> /dev/null && COMPREPLY=($(compgen -d -- "$current")) ;;
    choices:*) COMPREPLY=($(compgen -W "${1#choices:}" -- "$current")) ;;
    esac
}

_cmc_complete() {
    local program=${COMP_WORDS[0]##*/} current=${COMP_WORDS[COMP_CWORD]} before= word command= kind
    local -i i
    local commands=$(_cmc_commands "$program")
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ " $commands " == *" $word "* ]]; then
            command=$word
            break
        fi
    done
    COMPREPLY=()
    compopt -o default 2> /dev/null
    if ((COMP_CWORD > 0)); then before=${COMP_WORDS[COMP_CWORD - 1]}; fi
    # "--option=value" comes as three words where "=" parts them, else as one.
    if [[ $current == = ]]; then
        current=
        kind=$(_cmc_kind "$program" "$command" "$before")
    elif [[ $before == = ]]; then
        kind=$(_cmc_kind "$program" "$command" "${COMP_WORDS[COMP_CWORD - 2]}")
    elif [[ $current == --*=* ]]; then
        kind=$(_cmc_kind "$program" "$command" "${current%%=*}")
        current=${current#*=}
    else
        kind=$(_cmc_kind "$program" "$command" "$before")
    fi
    if [[ -n $kind ]]; then
        _cmc_add "$kind"
    elif [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$(_cmc_options "$program" "$command")" -- "$current"))
        if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2> /dev/null; fi
    elif [[ -z $command && -n $commands ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$current"))
    fi
}

complete -F _cmc_complete cmc cmc-wizard cmc-practice-ca CMCRequest CMCResponse HttpClient PKCS10Client CRMFPopClient CMCSharedToken CMCRevoke CMCEnroll PKICertImport pki
