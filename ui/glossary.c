/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/glossary.h"

#include "base/bytes.h"
#include "base/i18n.h"

/* In the order of the English alphabet. To add a term: a row. Names of protocol fields stay as they are in every language. */
static const struct {
    const char *term, *text; /* N_() */
} TERMS[] = {
    {N_("Agent"), N_("Somebody whom the CA trusts to approve requests. The agent's certificate is registered at the CA.")},
    {N_("Archival"), N_("A copy of an encryption key is kept, locked, by a key recovery authority (KRA), so that what was encrypted "
                        "can still be read when the key is lost. A key that only signs is never archived.")},
    {N_("CA"), N_("Certificate authority: the server that issues certificates, and vouches for what they say.")},
    {N_("Chain"), N_("A certificate, the one of its issuer, the one of that issuer, and so on up to a root that signs itself.")},
    {N_("Challenge"), N_("Something that the CA encrypts for the new key; only who holds the private key can read it and send it back.")},
    {N_("CMC"), N_("Certificate Management over CMS (RFC 5272): the kind of message in which requests and answers travel here.")},
    {N_("CRMF"), N_("A form of request that can also carry a wrapped private key for archival; used for encryption certificates.")},
    {N_("CSR"), N_("Certificate signing request (PKCS #10): the public key and the wanted name, signed with the private key.")},
    {N_("DN"), N_("Distinguished name: the full name in a certificate, such as uid=jdoe,ou=people,dc=example,dc=com.")},
    {N_("Fingerprint"), N_("A short number that belongs to one certificate only. Two people compare it to be sure that they see "
                           "the same.")},
    {N_("Identity proof"), N_("Shows that you know the shared secret without sending it (identityProofV2).")},
    {N_("Issuance protection certificate"), N_("The CA's key for which shared tokens are encrypted.")},
    {N_("Nickname"), N_("The name under which a certificate is kept in an NSS database; programs ask for it.")},
    {N_("NSS database"), N_("A folder with cert9.db and key4.db that holds certificates and keys, protected by a password.")},
    {N_("PIN"), N_("The password of a smart card or another token. It locks after some wrong tries.")},
    {N_("POP"), N_("Proof of possession: shows that who asks for a certificate holds its private key.")},
    {N_("Private key"), N_("The secret half of a key pair. It stays in your database or token and is never sent anywhere.")},
    {N_("Profile"), N_("The CA's rules for one kind of certificate: who may ask, which keys, which names, how long it is valid.")},
    {N_("Shared secret"), N_("A word that the helpdesk gives you; it proves who you are when you have no certificate yet.")},
    {N_("Shared token"), N_("The shared secret as the CA keeps it in its directory, encrypted.")},
    {N_("Token"), N_("Where keys live: the database itself, a smart card, a USB key or a hardware security module.")},
    {N_("Transport certificate"), N_("The public key of the key recovery authority; a key that is archived is wrapped with it.")},
    {N_("Trip"), N_("One message to the CA and its answer. An encryption certificate takes two: the request, then the proof.")},
    {N_("Trust"), N_("What a database believes of a CA. Without it a program does not accept the certificates of that CA.")},
    {N_("Witness"), N_("A value made from the shared secret that ties it to the new key (popLinkWitnessV2).")},
};

char *glossary_text(void)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < ARRAY_LEN(TERMS); i++) {
        buf_add(&out, "%s%s\n  %s", i ? "\n\n" : "", _(TERMS[i].term), _(TERMS[i].text));
    }
    return buf_take_str(&out);
}
