/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_CERTDB_H
#define CMCW_NSS_CERTDB_H
/*
 * Certificates, chains, trust, CRLs and PKCS#12 packages in the database and on tokens. Nicknames here are
 * without the "token:" prefix; "token:nick" is understood when token is NULL. NSS gives certificates with the
 * same subject one common nickname, and fails late and badly when a nickname is already that of another
 * subject: ask certdb_nickname_free() before a key is made. Texts in structs are as stored (give them back as
 * they are); make them visible to show them. trust: NSS's three groups SSL,email,code: "CT,C,C" (trusted CA),
 * ",," (nothing), "u,u,u" (own certificate, shown only). Trust is changed only after a login, which is asked
 * for.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "nss/cert.h"
#include "nss/nssdb.h"

/* Exactly one: of those with this nickname the one that has a key and is valid now, else has a key, else is
 * valid, then one whose key usage allows signatures, then the newest. ERR_NSS_NICKNAME_NOT_FOUND, with the nearest nicknames as context. */
struct cert *certdb_find(struct nssdb *db, const char *token, const char *nickname,
                         struct err *err) MUST_CHECK;
/* All with this nickname, best first as above. */
bool certdb_find_all(struct nssdb *db, const char *token, const char *nickname, struct cert_list *out,
                     struct err *err) MUST_CHECK;
/* Proof that a program that looks the nickname up as Dogtag's tools do (PK11_FindCertFromNickname) gets
 * exactly this certificate. ERR_NSS_NICKNAME_OTHER names the one that it would get. */
bool certdb_nickname_resolves_to(struct nssdb *db, const char *token, const char *nickname,
                                 const struct cert *cert, struct err *err) MUST_CHECK;
/* What to write into a cfg for this certificate: "nick" or "token:nick". NULL when it is not stored. Caller
 * frees. */
char *certdb_nickname_of(struct nssdb *db, const struct cert *cert) MUST_CHECK;
/* By key identifier, issuer and serial, or subject, over all tokens; NULL without error when absent. */
struct cert *certdb_find_issuer_serial(struct nssdb *db, struct bytes issuer_der,
                                       struct bytes serial) MUST_CHECK;
void certdb_find_subject(struct nssdb *db, struct bytes subject_der, struct cert_list *out);
bool certdb_has(struct nssdb *db, const struct cert *cert);

struct certdb_entry {
    struct cert *cert;
    char *nickname; /* without token; "" when it has none */
    char *token;    /* "internal" or label */
    bool has_key;   /* known only for tokens that are logged in or need no login */
    char trust[16];
};
/* token NULL = all; no password is asked. Sorted by nickname, then newest first. */
bool certdb_list(struct nssdb *db, const char *token, struct certdb_entry **list, size_t *n,
                 struct err *err) MUST_CHECK;
void certdb_entries_free(struct certdb_entry *list, size_t n);

/* True when free, or taken by the same subject. ERR_NSS_NICKNAME_TAKEN says which certificate has it;
 * ERR_NSS_NICKNAME_BAD (empty, control characters, colon, blanks at the ends). */
bool certdb_nickname_free(struct nssdb *db, const char *token, const char *nickname, struct bytes subject_der,
                          struct err *err) MUST_CHECK;
/* Free nickname from subject and purpose (may be NULL), e.g. "jdoe - user"; the one in use when the subject
 * has one. Caller frees. */
char *certdb_nickname_suggest(struct nssdb *db, const char *token, struct bytes subject_der,
                              const char *purpose) MUST_CHECK;

/* Stores a certificate; on the token of its key, give that token. trust NULL = leave as it is (new: ",,").
 * Already stored: trust is set, success. */
bool certdb_import(struct nssdb *db, const char *token, const struct cert *cert, const char *nickname,
                   const char *trust, struct err *err) MUST_CHECK;
bool certdb_delete(struct nssdb *db, const char *token, const struct cert *cert, struct err *err) MUST_CHECK;
bool certdb_set_trust(struct nssdb *db, const struct cert *cert, const char *trust,
                      struct err *err) MUST_CHECK;
/* Writes e.g. "CT,C,C" into trust[16]; ",," when none is recorded. */
void certdb_trust(struct nssdb *db, const struct cert *cert, char trust[16]);
/* Trusted as CA for TLS servers, TLS clients or e-mail (flags C or T). */
bool certdb_is_trusted_ca(struct nssdb *db, const struct cert *cert);

/* CA certificates in any order, nicknames made from their subjects; others than CAs are left out. root_trust
 * is given to self-signed ones, NULL = none. */
bool certdb_import_chain(struct nssdb *db, const struct cert_list *any_order, const char *root_trust,
                         struct err *err) MUST_CHECK;

/* All keys and certificates of a package, with its chain. nicknames_out (may be NULL) gets those with a key.
 * ERR_NSS_P12_PASSWORD, ERR_NSS_P12_DAMAGED, ERR_NSS_NICKNAME_TAKEN. Package up to 16 MiB, BER or DER. */
bool certdb_import_pkcs12(struct nssdb *db, const char *token, struct bytes p12,
                          const struct secret *p12_password, struct strv *nicknames_out,
                          struct err *err) MUST_CHECK;
/* All certificates of a package, those with a key first; nothing is stored. Errors as above. */
bool certdb_pkcs12_certs(struct nssdb *db, struct bytes p12, const struct secret *p12_password, struct cert_list *out,
                         struct err *err) MUST_CHECK;
/* What a package says about each of them, in its order. */
struct p12_cert {
    struct cert *cert;
    char *name;    /* friendly name, visible; "" when it has none */
    struct buf id; /* SHA-1 of the certificate: NSS and Dogtag link certificate and key with it */
    bool has_key;
};
bool p12_certs(struct nssdb *db, struct bytes p12, const struct secret *p12_password, struct p12_cert **list, size_t *n,
               struct err *err) MUST_CHECK;
void p12_certs_free(struct p12_cert *list, size_t n);
/* Certificate, its key and its chain; AES-256-CBC, SHA-256. ERR_NSS_KEY_NOT_FOUND, ERR_NSS_P12_EXPORT (key
 * not extractable). */
bool certdb_export_pkcs12(struct nssdb *db, const struct cert *cert, const struct secret *p12_password,
                          struct buf *out, struct err *err) MUST_CHECK;

/* Stores a CRL after checking its signature with a CA certificate of the database. ERR_NSS_BAD_CRL. */
bool certdb_import_crl(struct nssdb *db, struct bytes crl_der, struct err *err) MUST_CHECK;
/* Uses the stored key for what the certificate's key usage names, and checks with the certificate: signs, and an RSA
 * key that is for keyEncipherment or dataEncipherment decrypts too. An EC key that is for keyAgreement agrees on a key
 * with one that is made for this, and decrypts with it what that one encrypted; only where the certificate is for
 * signatures as well, and the key was made for nothing else, they are all. ERR_NSS_PROOF. */
bool certdb_prove(struct nssdb *db, const struct cert *cert, struct err *err) MUST_CHECK;
#endif
