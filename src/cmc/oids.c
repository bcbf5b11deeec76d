/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "cmc/oids.h"

#include <string.h>

#include "base/mem.h"

/* To add one: a row; the name is the one that the standard gives it. Names of controls are in control.c. */
static const struct {
    const char *oid;
    const char *name;
} names[] = {
    {OID_DATA, "id-data"},
    {OID_SIGNED_DATA, "id-signedData"},
    {OID_ENVELOPED_DATA, "id-envelopedData"},
    {OID_CCT_PKI_DATA, "id-cct-PKIData"},
    {OID_CCT_PKI_RESPONSE, "id-cct-PKIResponse"},
    {OID_ATTR_CONTENT_TYPE, "contentType"},
    {OID_ATTR_MESSAGE_DIGEST, "messageDigest"},
    {OID_ATTR_SIGNING_TIME, "signingTime"},
    {OID_EXTENSION_REQUEST, "extensionRequest"},
    {OID_CMC_POP_LINK_WITNESS_V2, "popLinkWitnessV2"},
    {OID_PKI_ARCHIVE_OPTIONS, "pkiArchiveOptions"},
    {OID_KP_CMC_CA, "id-kp-cmcCA"},
    {OID_KP_CMC_RA, "id-kp-cmcRA"},
    {OID_SHA1, "SHA-1"},
    {OID_SHA256, "SHA-256"},
    {OID_SHA384, "SHA-384"},
    {OID_SHA512, "SHA-512"},
    {OID_HMAC_SHA1, "HMAC-SHA1"},
    {OID_HMAC_SHA256, "HMAC-SHA256"},
    {OID_HMAC_SHA384, "HMAC-SHA384"},
    {OID_HMAC_SHA512, "HMAC-SHA512"},
    {OID_RSA, "rsaEncryption"},
    {"1.2.840.113549.1.1.5", "sha1WithRSAEncryption"},
    {OID_RSA_OAEP, "id-RSAES-OAEP"},
    {"1.2.840.113549.1.1.10", "id-RSASSA-PSS"},
    {"1.2.840.113549.1.1.11", "sha256WithRSAEncryption"},
    {"1.2.840.113549.1.1.12", "sha384WithRSAEncryption"},
    {"1.2.840.113549.1.1.13", "sha512WithRSAEncryption"},
    {"1.2.840.10045.2.1", "id-ecPublicKey"},
    {"1.2.840.10045.3.1.7", "nistp256"},
    {"1.3.132.0.34", "nistp384"},
    {"1.3.132.0.35", "nistp521"},
    {"1.2.840.10045.4.1", "ecdsa-with-SHA1"},
    {"1.2.840.10045.4.3.2", "ecdsa-with-SHA256"},
    {"1.2.840.10045.4.3.3", "ecdsa-with-SHA384"},
    {"1.2.840.10045.4.3.4", "ecdsa-with-SHA512"},
    {"2.16.840.1.101.3.4.3.17", "id-ml-dsa-44"},
    {"2.16.840.1.101.3.4.3.18", "id-ml-dsa-65"},
    {"2.16.840.1.101.3.4.3.19", "id-ml-dsa-87"},
    {OID_AES128_CBC, "aes128-CBC"},
    {OID_AES128_WRAP, "id-aes128-wrap"},
    {OID_AES128_WRAP_PAD, "id-aes128-wrap-pad"},
    {"2.16.840.1.101.3.4.1.22", "aes192-CBC"},
    {OID_AES256_CBC, "aes256-CBC"},
    {"2.16.840.1.101.3.4.1.45", "id-aes256-wrap"},
    {"2.16.840.1.101.3.4.1.48", "id-aes256-wrap-pad"},
    {OID_DES3_CBC, "des-ede3-cbc"},
    {"1.3.14.3.2.7", "des-cbc"},
    {"2.5.4.3", "CN"},
    {"2.5.4.4", "SN"},
    {"2.5.4.5", "serialNumber"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"0.9.2342.19200300.100.1.1", "UID"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {"1.2.840.113549.1.9.1", "E"},
    {OID_EXT_SKI, "subjectKeyIdentifier"},
    {"2.5.29.15", "keyUsage"},
    {"2.5.29.17", "subjectAltName"},
    {"2.5.29.19", "basicConstraints"},
    {"2.5.29.31", "cRLDistributionPoints"},
    {"2.5.29.32", "certificatePolicies"},
    {"2.5.29.35", "authorityKeyIdentifier"},
    {"2.5.29.37", "extKeyUsage"},
    {"1.3.6.1.5.5.7.1.1", "authorityInfoAccess"},
    {"1.3.6.1.5.5.7.3.1", "serverAuth"},
    {"1.3.6.1.5.5.7.3.2", "clientAuth"},
    {"1.3.6.1.5.5.7.3.4", "emailProtection"},
    {"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
    {"1.3.6.1.5.5.7.5.1.1", "regToken"},
    {"1.3.6.1.5.5.7.5.1.2", "authenticator"},
    {"1.3.6.1.5.5.7.5.1.3", "pkiPublicationInfo"},
    {"1.3.6.1.5.5.7.5.1.5", "oldCertID"},
    {"1.3.6.1.5.5.7.5.1.6", "protocolEncrKey"},
};

const char *oid_name(const char *dotted)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i].oid, dotted) == 0) {
            return names[i].name;
        }
    }
    return NULL;
}
