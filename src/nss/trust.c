/* SPDX-License-Identifier: Apache-2.0 */
/* Trust flags of certificates in the database. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <cert.h>
#include <certdb.h>

#include "base/i18n.h"
#include "base/text.h"
#include "nss/certdb.h"
#include "nss/native.h"
#include "nss/nsserr.h"

/* Letters as certutil prints them. To add one: a row. */
static const struct {
    unsigned flag, unless;
    char letter;
} letters[] = {
    {CERTDB_VALID_CA, CERTDB_TRUSTED_CA | CERTDB_TRUSTED_CLIENT_CA, 'c'},
    {CERTDB_TERMINAL_RECORD, CERTDB_TRUSTED, 'p'},
    {CERTDB_TRUSTED_CA, 0, 'C'},
    {CERTDB_TRUSTED_CLIENT_CA, 0, 'T'},
    {CERTDB_TRUSTED, 0, 'P'},
    {CERTDB_USER, 0, 'u'},
};

/* The stored object with exactly these octets; a temporary or look-alike one does not count. */
static CERTCertificate *stored_native(const struct cert *cert)
{
    SECItem der = native_item(cert_der(cert));
    CERTCertificate *native = CERT_FindCertByDERCert(CERT_GetDefaultCertDB(), &der);
    if (native && !bytes_equal(native_bytes(&native->derCert), cert_der(cert))) {
        CERT_DestroyCertificate(native);
        native = NULL;
    }
    return native;
}

static bool read_trust(const struct cert *cert, CERTCertTrust *trust)
{
    CERTCertificate *native = stored_native(cert);
    bool known = native && CERT_GetCertTrust(native, trust) == SECSuccess;
    if (native) {
        CERT_DestroyCertificate(native);
    }
    return known;
}

void certdb_trust(struct nssdb *db, const struct cert *cert, char text[16])
{
    (void)db;
    CERTCertTrust trust;
    size_t used = 0;
    memset(&trust, 0, sizeof(trust));
    if (!read_trust(cert, &trust)) {
        memset(&trust, 0, sizeof(trust));
    }
    const unsigned groups[] = {trust.sslFlags, trust.emailFlags, trust.objectSigningFlags};
    for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
        for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
            if ((groups[g] & letters[i].flag) && !(groups[g] & letters[i].unless) && used < 12) {
                text[used++] = letters[i].letter;
            }
        }
        if (g < 2) {
            text[used++] = ',';
        }
    }
    text[used] = '\0';
}

bool certdb_is_trusted_ca(struct nssdb *db, const struct cert *cert)
{
    (void)db;
    CERTCertTrust trust;
    memset(&trust, 0, sizeof(trust));
    return read_trust(cert, &trust) &&
           ((trust.sslFlags | trust.emailFlags) & (CERTDB_TRUSTED_CA | CERTDB_TRUSTED_CLIENT_CA)) != 0;
}

bool certdb_set_trust(struct nssdb *db, const struct cert *cert, const char *trust_text, struct err *err)
{
    CERTCertTrust trust;
    memset(&trust, 0, sizeof(trust));
    if (strchr(trust_text, 'u')) {
        return true; /* "u" says that there is a key; NSS finds that out by itself */
    }
    if (CERT_DecodeTrustString(&trust, trust_text) != SECSuccess) {
        char *visible = text_visible_str(trust_text);
        err_fail(err, ERR_NSS_TRUST, _("Trust flags: %s"), visible);
        free(visible);
        return false;
    }
    if (nssdb_read_only(db)) {
        return err_fail(err, ERR_NSS_READ_ONLY, NULL);
    }
    if (!nssdb_login(db, NULL, err)) {
        return false;
    }
    CERTCertificate *native = stored_native(cert);
    if (!native) {
        return err_fail(err, ERR_NSS_CERT_NOT_STORED, NULL);
    }
    bool ok = CERT_ChangeCertTrust(CERT_GetDefaultCertDB(), native, &trust) == SECSuccess ||
              nss_fail(err, ERR_NSS_TRUST, NULL);
    CERT_DestroyCertificate(native);
    return ok;
}
