/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_DN_H
#define CMCW_NSS_DN_H
/*
 * Distinguished names: RFC 4514 text and DER. The text's last RDN is the first in the DER. Values become
 * UTF8String; C, serialNumber and dnQualifier PrintableString; DC and E-mail IA5String; never Teletex.
 * Nothing is dropped: what cannot be encoded is refused, naming RDN and column. Multi-valued RDNs
 * ("CN=a+UID=b") are read, written and kept. Limits: 64 RDNs, values up to RFC 5280's upper bounds where it
 * names one, else 4096 octets.
 */
#include "base/bytes.h"
#include "base/err.h"

/* Keywords in any case, or dotted OIDs; "#hex" values are taken as DER. "" is the empty name. Appended.
 * ERR_NSS_DN_SYNTAX, ERR_NSS_DN_KEYWORD (nearest keyword named), ERR_NSS_DN_VALUE. */
bool dn_encode(const char *rfc4514, struct buf *der, struct err *err) MUST_CHECK;
/* RFC 4514 text, made visible; "(damaged name)" in words when it cannot be read. Caller frees. */
char *dn_text(struct bytes der) MUST_CHECK;
/* RFC 4514 text that dn_encode() takes back (not made visible); NULL when it cannot be read. Caller frees. */
char *dn_text_raw(struct bytes der) MUST_CHECK;
/* Java X500Name/X500Principal equality as Dogtag compares "same subject": same RDNs in order, values compared
 * after folding case (ASCII and Latin, Greek, Cyrillic letters), blanks trimmed and runs of blanks made one;
 * string types do not matter. */
bool dn_equal(struct bytes a, struct bytes b);
/* First value of this type counted from the text's start ("CN"), not visible; NULL when absent. Caller frees.
 */
char *dn_value(struct bytes der, const char *type) MUST_CHECK;

struct dn_rdn {
    char *type;  /* "CN", as typed */
    char *value; /* without escapes */
    bool joined; /* belongs to the RDN before it ("+") */
    bool hex;    /* value is the DER of the value as hex digits ("#...") */
};
/* Text order. Caller frees with dn_rdns_free(). */
bool dn_split(const char *rfc4514, struct dn_rdn **list, size_t *n, struct err *err) MUST_CHECK;
void dn_rdns_free(struct dn_rdn *list, size_t n);
char *dn_join(const struct dn_rdn *list, size_t n) MUST_CHECK;

/* The keywords that dn_encode() knows, for forms: short name, full name for people (N_()), dotted OID. Rows
 * until name is NULL. */
struct dn_type {
    const char *name, *about, *oid;
    unsigned char tag; /* DER string type written */
    int max;           /* characters; 0 = 4096 octets */
};
const struct dn_type *dn_types(void);
const struct dn_type *dn_type_find(const char *keyword_or_oid);
#endif
