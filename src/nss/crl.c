/* SPDX-License-Identifier: Apache-2.0 */
/* CertificateList ::= SEQUENCE { tbsCertList SEQUENCE { version INTEGER OPTIONAL, signature, issuer,
 * thisUpdate, nextUpdate OPTIONAL, revokedCertificates SEQUENCE OF SEQUENCE { serial, date, extensions
 * OPTIONAL } OPTIONAL, [0] EXPLICIT Extensions OPTIONAL }, signatureAlgorithm, signature BIT STRING } */
#include "config.h"

#include "nss/crl.h"

#include "base/i18n.h"
#include "nss/der.h"
#include "nss/sign.h"

/* Extensions of a CRL that may be critical. Delta CRLs and partial scopes are not among them. To add one: a
 * row. */
static const char *const understood[] = {"2.5.29.20" /* cRLNumber */,
                                         "2.5.29.35" /* authorityKeyIdentifier */};

static bool extensions_ok(struct bytes wrapped)
{
    struct bytes content, extension, oid, flag;
    if (!der_only(wrapped, ASN1_SEQUENCE, &content)) {
        return false;
    }
    while (content.len) {
        if (!der_take(&content, ASN1_SEQUENCE, &extension) || !der_take(&extension, ASN1_OID, &oid)) {
            return false;
        }
        bool known = !(der_take(&extension, ASN1_BOOLEAN, &flag) && flag.len == 1 && flag.data[0]);
        for (size_t i = 0; !known && i < ARRAY_LEN(understood); i++) {
            known = der_oid_is(oid, understood[i]);
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

static bool is_time(struct bytes rest)
{
    return der_peek(rest) == ASN1_UTC_TIME || der_peek(rest) == ASN1_GENERALIZED_TIME;
}

static bool read_tbs(struct crl *crl)
{
    struct bytes tbs, skipped, inner_alg, wrapped;
    struct der_tlv when;
    if (!der_only(crl->tbs, ASN1_SEQUENCE, &tbs)) {
        return false;
    }
    if (der_peek(tbs) == ASN1_INTEGER && !der_take(&tbs, ASN1_INTEGER, &skipped)) {
        return false;
    }
    if (!der_take_whole(&tbs, ASN1_SEQUENCE, &inner_alg) || !bytes_equal(inner_alg, crl->signature_alg) ||
        !der_take_whole(&tbs, ASN1_SEQUENCE, &crl->issuer) || !der_next(&tbs, &when) ||
        !der_time(when.tag, when.body, &crl->this_update)) {
        return false;
    }
    crl->next_update = INT64_MAX;
    if (is_time(tbs) && (!der_next(&tbs, &when) || !der_time(when.tag, when.body, &crl->next_update))) {
        return false;
    }
    if (der_peek(tbs) == ASN1_SEQUENCE && !der_take(&tbs, ASN1_SEQUENCE, &crl->revoked)) {
        return false;
    }
    if (der_peek(tbs) == ASN1_CONTEXT_CONSTRUCTED(0)) {
        return der_take(&tbs, ASN1_CONTEXT_CONSTRUCTED(0), &wrapped) && extensions_ok(wrapped) &&
               tbs.len == 0;
    }
    return tbs.len == 0;
}

static bool entries_sound(struct bytes revoked)
{
    struct bytes entry, serial;
    struct der_tlv when;
    int64_t at;
    while (revoked.len) {
        if (!der_take(&revoked, ASN1_SEQUENCE, &entry) || !der_take(&entry, ASN1_INTEGER, &serial) ||
            !der_next(&entry, &when) || !der_time(when.tag, when.body, &at)) {
            return false;
        }
    }
    return true;
}

bool crl_parse(struct bytes der, struct crl *crl, struct err *err)
{
    struct bytes content, bits;
    struct crl read = {.der = der, .revoked = BYTES_NONE};
    if (!der_only(der, ASN1_SEQUENCE, &content) || !der_take_whole(&content, ASN1_SEQUENCE, &read.tbs) ||
        !der_take_whole(&content, ASN1_SEQUENCE, &read.signature_alg) ||
        !der_take(&content, ASN1_BIT_STRING, &bits) || content.len || !der_bits(bits, &read.signature) ||
        !read_tbs(&read) || !entries_sound(read.revoked)) {
        return err_fail(err, ERR_NSS_BAD_CRL, NULL);
    }
    *crl = read;
    return true;
}

bool crl_lists(const struct crl *crl, struct bytes serial, int64_t at, int64_t *when)
{
    struct bytes revoked = crl->revoked;
    struct bytes entry, number;
    struct der_tlv date;
    int64_t since;
    while (der_take(&revoked, ASN1_SEQUENCE, &entry)) {
        if (der_take(&entry, ASN1_INTEGER, &number) && bytes_equal(number, serial) &&
            der_next(&entry, &date) && der_time(date.tag, date.body, &since)) {
            if (when) {
                *when = since;
            }
            return since <= at;
        }
    }
    return false;
}

bool crl_signed_by(const struct crl *crl, const struct cert *ca, struct err *err)
{
    if (!bytes_equal(crl->issuer, cert_subject_der(ca)) ||
        (!(cert_key_usage(ca) & KU_ABSENT) && !(cert_key_usage(ca) & KU_CRL_SIGN))) {
        return err_fail(err, ERR_NSS_BAD_CRL,
                        _("The CA that it names did not make it, or is not allowed to sign such lists."));
    }
    return sign_verify_any(cert_spki(ca), crl->signature_alg, crl->signature, crl->tbs, NULL, err);
}
