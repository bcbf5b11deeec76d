/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_CERT_H
#define CMCW_NSS_CERT_H
/*
 * struct cert: one X.509 certificate (RFC 5280), read-only, counted references. It owns its DER; views that
 * functions give are lent for as long as the reference is held. Not tied to a database. Texts are UTF-8, made
 * visible, and malloc'd: caller frees. cert_is_self_signed(), fingerprints and key sizes need an open nssdb.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/strv.h"
#include "nss/hash.h"

struct cert;

enum key_type { KEY_RSA, KEY_EC, KEY_OTHER /* in certificates and CSRs from outside only */ };

/* Bits of the keyUsage extension as unsigned numbers; same values as NSS's. */
#define KU_DIGITAL_SIGNATURE (0x80)
#define KU_NON_REPUDIATION (0x40)
#define KU_KEY_ENCIPHERMENT (0x20)
#define KU_DATA_ENCIPHERMENT (0x10)
#define KU_KEY_AGREEMENT (0x08)
#define KU_KEY_CERT_SIGN (0x04)
#define KU_CRL_SIGN (0x02)
#define KU_ENCIPHER_ONLY (0x01)
#define KU_DECIPHER_ONLY (0x100)
#define KU_ABSENT (0x10000) /* no such extension: every use is allowed */

/* DER of exactly one certificate (copied). ERR_NSS_BAD_CERT. Up to CERT_MAX octets. */
#define CERT_MAX ((size_t)1 << 20)
struct cert *cert_from_der(struct bytes der, struct err *err) MUST_CHECK;
struct cert *cert_ref(struct cert *cert);
void cert_free(struct cert *cert); /* NULL is fine */

struct bytes cert_der(const struct cert *cert);
struct bytes cert_tbs(const struct cert *cert);           /* signed part, as received */
struct bytes cert_signature(const struct cert *cert);     /* octets without the unused-bits octet */
struct bytes cert_signature_alg(const struct cert *cert); /* AlgorithmIdentifier DER */
struct bytes cert_subject_der(const struct cert *cert);
struct bytes cert_issuer_der(const struct cert *cert);
struct bytes cert_serial(const struct cert *cert); /* INTEGER content octets, may start with 00 */
struct bytes cert_spki(const struct cert *cert);   /* SubjectPublicKeyInfo DER */
struct bytes cert_ski(const struct cert *cert);    /* subjectKeyIdentifier octets; empty when absent */
struct bytes cert_aki(
    const struct cert *cert); /* keyIdentifier of authorityKeyIdentifier; empty when absent */
struct bytes cert_extensions(
    const struct cert *cert); /* content of the SEQUENCE OF Extension; empty when absent */
/* Content of extnValue of the first extension with this OID; false when absent. */
bool cert_extension(const struct cert *cert, const char *oid, struct bytes *value, bool *critical);

char *cert_subject(const struct cert *cert) MUST_CHECK; /* RFC 4514 */
char *cert_issuer(const struct cert *cert) MUST_CHECK;
char *cert_serial_text(const struct cert *cert) MUST_CHECK; /* "0x1a2b", lower case */
int64_t cert_not_before(const struct cert *cert);           /* seconds since 1970 */
int64_t cert_not_after(const struct cert *cert);
bool cert_valid_at(const struct cert *cert, int64_t at);

bool cert_is_ca(const struct cert *cert);   /* basicConstraints cA */
int cert_path_len(const struct cert *cert); /* -1 none */
/* Subject equals issuer octet by octet and its own key verifies the signature. */
bool cert_is_self_signed(const struct cert *cert);
/* Has the extended key usage; anyExtendedKeyUsage does not count. No extension: false. */
bool cert_has_eku(const struct cert *cert, const char *oid);
bool cert_has_eku_extension(const struct cert *cert);
unsigned cert_key_usage(const struct cert *cert); /* KU_* bits, or KU_ABSENT alone */
/* First critical extension that this program does not know, or NULL. Caller frees. */
char *cert_unknown_critical(const struct cert *cert) MUST_CHECK;

bool cert_fingerprint(const struct cert *cert, enum hash_alg alg, struct buf *out,
                      struct err *err) MUST_CHECK;
/* SHA-1 of the subjectPublicKey bits (RFC 5280 4.2.1.2 (1)), whatever the certificate itself says. Appended.
 */
bool spki_key_identifier(struct bytes spki, struct buf *out, struct err *err) MUST_CHECK;
enum key_type cert_key_type(const struct cert *cert);
int cert_key_bits(const struct cert *cert);
char *cert_key_text(const struct cert *cert) MUST_CHECK; /* "RSA 2048", "EC nistp256" */
/* From a SubjectPublicKeyInfo; false when damaged. curve: static text or "" . */
bool spki_describe(struct bytes spki, enum key_type *type, int *bits, const char **curve);
char *spki_text(struct bytes spki) MUST_CHECK;
/* subjectAltName, one text each: "DNS:..", "IP:..", "email:..", "UPN:..", "URI:..", "DN:..", "RID:..",
 * "other:OID". False when the extension is damaged; no extension: true and nothing. */
bool cert_sans(const struct cert *cert, struct strv *out);
/* The same from the content of the extension's GeneralNames TLV. */
bool sans_text(struct bytes general_names, struct strv *out);
/* For people: one "Label: value" per line. */
char *cert_show(const struct cert *cert) MUST_CHECK;
char *key_usage_text(unsigned bits) MUST_CHECK; /* "digitalSignature, keyCertSign" */
/* Same DER. */
bool cert_equal(const struct cert *a, const struct cert *b);
/* The signature of cert was made by issuer's key; nothing else is judged. ERR_NSS_BAD_SIGNATURE. */
bool cert_signed_by(const struct cert *cert, const struct cert *issuer, struct err *err) MUST_CHECK;

struct cert_list {
    struct cert **v;
    size_t n;
};
#define CERT_LIST_INIT                                                                                       \
    {                                                                                                        \
        NULL, 0                                                                                              \
    }
#define CERT_LIST_MAX 1000
void cert_list_push_take(struct cert_list *list, struct cert *taken);
void cert_list_push(struct cert_list *list, const struct cert *referenced);
/* Lend; NULL when absent. */
struct cert *cert_list_find_spki(const struct cert_list *list, struct bytes spki);
struct cert *cert_list_find_der(const struct cert_list *list, struct bytes der);
struct cert *cert_list_find_issuer_serial(const struct cert_list *list, struct bytes issuer_der,
                                          struct bytes serial);
struct cert *cert_list_find_ski(const struct cert_list *list, struct bytes ski);
bool cert_list_has(const struct cert_list *list, const struct cert *cert);
void cert_list_release(struct cert_list *list);
#endif
