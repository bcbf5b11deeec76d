/* SPDX-License-Identifier: Apache-2.0 */
/* The attribute types of names. */
#include "config.h"

#include <stdlib.h>
#include <strings.h>

#include "base/i18n.h"
#include "nss/der.h"
#include "nss/dn.h"

/* To add one: a row; the first row of an OID gives the name that is written, later ones are only read.
 * Limits: RFC 5280 appendix A.1. String types: dogtag's own tools (UTF8String but for country, e-mail and
 * domain components). */
static const struct dn_type types[] = {
    {"CN", N_("Common name"), "2.5.4.3", ASN1_UTF8, 64},
    {"UID", N_("User id"), "0.9.2342.19200300.100.1.1", ASN1_UTF8, 256},
    {"E", N_("E-mail address"), "1.2.840.113549.1.9.1", ASN1_IA5, 255},
    {"OU", N_("Organizational unit"), "2.5.4.11", ASN1_UTF8, 64},
    {"O", N_("Organization"), "2.5.4.10", ASN1_UTF8, 64},
    {"L", N_("Locality"), "2.5.4.7", ASN1_UTF8, 128},
    {"ST", N_("State or province"), "2.5.4.8", ASN1_UTF8, 128},
    {"C", N_("Country, two letters"), "2.5.4.6", ASN1_PRINTABLE, 2},
    {"DC", N_("Domain component"), "0.9.2342.19200300.100.1.25", ASN1_IA5, 63},
    {"STREET", N_("Street address"), "2.5.4.9", ASN1_UTF8, 128},
    {"SN", N_("Surname"), "2.5.4.4", ASN1_UTF8, 64},
    {"GIVENNAME", N_("Given name"), "2.5.4.42", ASN1_UTF8, 64},
    {"INITIALS", N_("Initials"), "2.5.4.43", ASN1_UTF8, 64},
    {"GENERATIONQUALIFIER", N_("Generation, such as Jr."), "2.5.4.44", ASN1_UTF8, 64},
    {"TITLE", N_("Title"), "2.5.4.12", ASN1_UTF8, 64},
    {"SERIALNUMBER", N_("Serial number of a person or device"), "2.5.4.5", ASN1_PRINTABLE, 64},
    {"DNQUALIFIER", N_("Name qualifier"), "2.5.4.46", ASN1_PRINTABLE, 64},
    {"PSEUDONYM", N_("Pseudonym"), "2.5.4.65", ASN1_UTF8, 128},
    {"POSTALCODE", N_("Postal code"), "2.5.4.17", ASN1_UTF8, 40},
    {"BUSINESSCATEGORY", N_("Business category"), "2.5.4.15", ASN1_UTF8, 128},
    {"DESCRIPTION", N_("Description"), "2.5.4.13", ASN1_UTF8, 1024},
    {"MAIL", N_("E-mail address (directory style)"), "0.9.2342.19200300.100.1.3", ASN1_IA5, 256},
    {"UNSTRUCTUREDNAME", N_("Unstructured name"), "1.2.840.113549.1.9.2", ASN1_UTF8, 255},
    {"UNSTRUCTUREDADDRESS", N_("Unstructured address"), "1.2.840.113549.1.9.8", ASN1_UTF8, 255},
    {"EMAILADDRESS", N_("E-mail address"), "1.2.840.113549.1.9.1", ASN1_IA5, 255},
    {"EMAIL", N_("E-mail address"), "1.2.840.113549.1.9.1", ASN1_IA5, 255},
    {"S", N_("State or province"), "2.5.4.8", ASN1_UTF8, 128},
    {"T", N_("Title"), "2.5.4.12", ASN1_UTF8, 64},
    {"G", N_("Given name"), "2.5.4.42", ASN1_UTF8, 64},
    {"GN", N_("Given name"), "2.5.4.42", ASN1_UTF8, 64},
    {"SURNAME", N_("Surname"), "2.5.4.4", ASN1_UTF8, 64},
    {NULL, NULL, NULL, 0, 0},
};

const struct dn_type *dn_types(void)
{
    return types;
}

const struct dn_type *dn_type_find(const char *keyword_or_oid)
{
    if (strncasecmp(keyword_or_oid, "OID.", 4) == 0) {
        keyword_or_oid += 4;
    }
    for (const struct dn_type *t = types; t->name; t++) {
        if (strcasecmp(t->name, keyword_or_oid) == 0 || strcasecmp(t->oid, keyword_or_oid) == 0) {
            return t;
        }
    }
    return NULL;
}
