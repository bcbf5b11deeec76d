/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in the layout of JSS's CertPrettyPrint, which Dogtag's CMCResponse prints and scripts cut apart. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/text.h"
#include "nss/cert.h"
#include "nss/der.h"
#include "nss/dn.h"
#include "tools/dogtag.h"

#define INDENT 4
#define OCTETS_PER_LINE 16

/* ---- small pieces ---- */

static void line(FILE *out, int level, const char *text)
{
    fprintf(out, "%*s%s\n", level * INDENT, "", text);
}

static void hex_lines(FILE *out, int level, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        if (i % OCTETS_PER_LINE == 0) {
            fprintf(out, "%s%*s", i ? "\n" : "", level * INDENT, "");
        }
        fprintf(out, "%02X%s", octets.data[i], i + 1 < octets.len ? ":" : "");
    }
    fputc('\n', out);
}

static struct tm utc(int64_t when)
{
    time_t t = (time_t)when;
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    return tm;
}

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

char *java_date_full(int64_t when)
{
    struct tm tm = utc(when);
    int hour = tm.tm_hour % 12 ? tm.tm_hour % 12 : 12;
    return xasprintf("%s, %s %d, %d at %d:%02d:%02d %s Coordinated Universal Time Etc/UTC", days[tm.tm_wday],
                     months[tm.tm_mon], tm.tm_mday, tm.tm_year + 1900, hour, tm.tm_min, tm.tm_sec,
                     tm.tm_hour < 12 ? "AM" : "PM");
}

char *java_date(int64_t when)
{
    struct tm tm = utc(when);
    return xasprintf("%.3s %.3s %02d %02d:%02d:%02d UTC %d", days[tm.tm_wday], months[tm.tm_mon], tm.tm_mday,
                     tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
}

char *java_date_log(int64_t when)
{
    struct tm tm = utc(when);
    return xasprintf("%02d/%.3s/%d:%02d:%02d:%02d UTC", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
                     tm.tm_min, tm.tm_sec);
}

/* To add an algorithm: a row; others are printed by number. */
static const struct {
    const char *oid, *name;
} algorithms[] = {
    {"1.2.840.113549.1.1.1", "RSA"},
    {"1.2.840.113549.1.1.4", "MD5withRSA"},
    {"1.2.840.113549.1.1.5", "SHA1withRSA"},
    {"1.2.840.113549.1.1.11", "SHA256withRSA"},
    {"1.2.840.113549.1.1.12", "SHA384withRSA"},
    {"1.2.840.113549.1.1.13", "SHA512withRSA"},
    {"1.2.840.113549.1.1.10", "RSASSA-PSS"},
    {"1.2.840.10045.2.1", "EC"},
    {"1.2.840.10045.4.1", "SHA1withEC"},
    {"1.2.840.10045.4.3.2", "SHA256withEC"},
    {"1.2.840.10045.4.3.3", "SHA384withEC"},
    {"1.2.840.10045.4.3.4", "SHA512withEC"},
};

char *java_algorithm(struct bytes alg_id_der)
{
    struct bytes seq, oid;
    char *dotted =
        der_only(alg_id_der, ASN1_SEQUENCE, &seq) && der_take(&seq, ASN1_OID, &oid) ? der_oid_text(oid) : NULL;
    char *text = NULL;
    for (size_t i = 0; dotted && i < ARRAY_LEN(algorithms); i++) {
        if (strcmp(algorithms[i].oid, dotted) == 0) {
            text = xasprintf("%s - %s", algorithms[i].name, dotted);
        }
    }
    text = text ? text : xasprintf("OID.%s - %s", dotted ? dotted : "?", dotted ? dotted : "?");
    free(dotted);
    return text;
}

/* Values with separators stand in quotes. */
static void add_value(struct buf *out, const char *value)
{
    char *shown = text_visible_str(value);
    size_t len = strlen(value);
    bool quote = strpbrk(value, ",+=\n<>#;\"") || (len && (value[0] == ' ' || value[len - 1] == ' '));
    buf_add(out, quote ? "\"%s\"" : "%s", shown);
    free(shown);
}

char *java_name(struct bytes name_der)
{
    char *raw = dn_text_raw(name_der);
    struct dn_rdn *rdns = NULL;
    size_t n = 0;
    if (!raw || !dn_split(raw, &rdns, &n, NULL)) {
        free(raw);
        return dn_text(name_der);
    }
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < n; i++) {
        const char *type = strcmp(rdns[i].type, "E") == 0 ? "EMAILADDRESS" : rdns[i].type;
        buf_add(&out, "%s%s=", i == 0 ? "" : rdns[i].joined ? "+" : ", ", type);
        add_value(&out, rdns[i].value);
    }
    dn_rdns_free(rdns, n);
    free(raw);
    char *text = xstrdup(out.len ? buf_str(&out) : "");
    buf_release(&out);
    return text;
}

/* ---- extensions ---- */

static void show_raw(FILE *out, int level, struct bytes value)
{
    line(out, level, "Value: ");
    hex_lines(out, level + 1, value);
}

static void show_ski(FILE *out, int level, struct bytes value)
{
    struct bytes id;
    if (!der_only(value, ASN1_OCTET_STRING, &id)) {
        show_raw(out, level, value);
        return;
    }
    line(out, level, "Key Identifier: ");
    hex_lines(out, level + 1, id);
}

static void show_aki(FILE *out, int level, struct bytes value)
{
    struct bytes seq, id;
    if (!der_only(value, ASN1_SEQUENCE, &seq) || !der_take(&seq, ASN1_CONTEXT(0), &id)) {
        show_raw(out, level, value);
        return;
    }
    line(out, level, "Key Identifier: ");
    hex_lines(out, level + 1, id);
}

static void show_basic(FILE *out, int level, struct bytes value)
{
    struct bytes seq, flag, number;
    int64_t length = -1;
    if (!der_only(value, ASN1_SEQUENCE, &seq)) {
        show_raw(out, level, value);
        return;
    }
    bool ca = der_take(&seq, ASN1_BOOLEAN, &flag) && flag.len == 1 && flag.data[0];
    if (der_take(&seq, ASN1_INTEGER, &number) && !der_int(number, &length)) {
        length = -1;
    }
    line(out, level, ca ? "Is CA: yes " : "Is CA: no ");
    if (!ca) {
        return;
    }
    if (length < 0) {
        line(out, level, "Path Length Constraint: UNLIMITED");
    } else {
        fprintf(out, "%*sPath Length Constraint: %lld\n", level * INDENT, "", (long long)length);
    }
}

static void show_key_usage(FILE *out, int level, struct bytes value)
{
    static const char *const names[] = {"Digital Signature ", "Non Repudiation ", "Key Encipherment ",
                                        "Data Encipherment ", "Key Agreement ",   "Key CertSign ",
                                        "Crl Sign ",          "Encipher Only ",   "Decipher Only "};
    struct bytes bits;
    if (!der_only(value, ASN1_BIT_STRING, &bits) || bits.len < 1) {
        show_raw(out, level, value);
        return;
    }
    line(out, level, "Key Usage: ");
    for (size_t i = 0; i < ARRAY_LEN(names) && 1 + i / 8 < bits.len; i++) {
        if (bits.data[1 + i / 8] & (0x80 >> (i % 8))) {
            line(out, level + 1, names[i]);
        }
    }
}

static void show_eku(FILE *out, int level, struct bytes value)
{
    struct bytes seq, oid;
    if (!der_only(value, ASN1_SEQUENCE, &seq)) {
        show_raw(out, level, value);
        return;
    }
    line(out, level, "Extended Key Usage: ");
    while (der_take(&seq, ASN1_OID, &oid)) {
        char *dotted = der_oid_text(oid);
        line(out, level + 1, dotted ? dotted : "?");
        free(dotted);
    }
}

/* To add a kind of name: a row; others are printed as our own text gives them. */
static const struct {
    const char *ours, *java;
} name_kinds[] = {{"DNS:", "DNSName: "},
                  {"IP:", "IPAddress: "},
                  {"email:", "RFC822Name: "},
                  {"URI:", "URIName: "},
                  {"RID:", "OIDName: "}};

static void show_sans(FILE *out, int level, struct bytes value)
{
    struct strv names = STRV_INIT;
    if (!sans_text(value, &names)) {
        show_raw(out, level, value);
    } else {
        line(out, level, "Value: ");
    }
    for (size_t i = 0; i < names.n; i++) {
        const char *text = names.v[i], *java = "";
        for (size_t k = 0; k < ARRAY_LEN(name_kinds); k++) {
            if (text_starts(text, name_kinds[k].ours)) {
                java = name_kinds[k].java;
                text += strlen(name_kinds[k].ours);
                break;
            }
        }
        fprintf(out, "%*s%s%s\n", (level + 1) * INDENT, "", java, text);
    }
    strv_release(&names);
}

/* A name that is a URI, which is what CAs write. */
static char *uri_of(struct bytes description)
{
    struct bytes uri;
    return der_take(&description, ASN1_CONTEXT(6), &uri) ? text_visible(uri) : NULL;
}

static void show_aia(FILE *out, int level, struct bytes value)
{
    struct bytes seq, entry, oid;
    if (!der_only(value, ASN1_SEQUENCE, &seq)) {
        show_raw(out, level, value);
        return;
    }
    line(out, level, "Access Description: ");
    for (int i = 0; der_take(&seq, ASN1_SEQUENCE, &entry) && der_take(&entry, ASN1_OID, &oid); i++) {
        char *method = der_oid_text(oid), *uri = uri_of(entry);
        bool ocsp = method && strcmp(method, "1.3.6.1.5.5.7.48.1") == 0;
        fprintf(out, "%*sMethod #%d: %s\n", (level + 1) * INDENT, "", i, ocsp ? "ocsp" : method ? method : "?");
        fprintf(out, "%*sLocation #%d: %s%s\n", (level + 1) * INDENT, "", i, uri ? "URIName: " : "", uri ? uri : "?");
        free(method);
        free(uri);
    }
}

/* To add an extension: a row with its title and printer; others are printed by number with their octets. */
static const struct {
    const char *oid, *title;
    void (*show)(FILE *out, int level, struct bytes value);
} extensions[] = {
    {"2.5.29.14", "Subject Key Identifier", show_ski}, {"2.5.29.35", "Authority Key Identifier", show_aki},
    {"2.5.29.19", "Basic Constraints", show_basic},    {"2.5.29.15", "Key Usage:", show_key_usage},
    {"2.5.29.37", "Extended Key Usage:", show_eku},    {"2.5.29.17", "Subject Alternative Name", show_sans},
    {"1.3.6.1.5.5.7.1.1", "Authority Info Access:", show_aia},
};

static void print_extension(FILE *out, int level, const char *oid, bool critical, struct bytes value)
{
    const char *title = NULL;
    void (*show)(FILE *, int, struct bytes) = show_raw;
    for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
        if (strcmp(extensions[i].oid, oid) == 0) {
            title = extensions[i].title;
            show = extensions[i].show;
        }
    }
    fprintf(out, "%*sIdentifier: %s%s%s\n", level * INDENT, "", title ? title : "", title ? " - " : "", oid);
    line(out, level + 1, critical ? "Critical: yes " : "Critical: no ");
    show(out, level + 1, value);
}

static void print_extensions(FILE *out, int level, const struct cert *cert)
{
    struct bytes rest = cert_extensions(cert), ext, oid, flag, value;
    if (!rest.len) {
        return;
    }
    line(out, level, "Extensions: ");
    while (der_take(&rest, ASN1_SEQUENCE, &ext)) {
        bool critical = false;
        if (!der_take(&ext, ASN1_OID, &oid)) {
            return;
        }
        if (der_take(&ext, ASN1_BOOLEAN, &flag)) {
            critical = flag.len == 1 && flag.data[0];
        }
        char *dotted = der_oid_text(oid);
        if (dotted && der_take(&ext, ASN1_OCTET_STRING, &value)) {
            print_extension(out, level + 1, dotted, critical, value);
        }
        free(dotted);
    }
}

/* ---- key, signature, fingerprints ---- */

static void print_rsa(FILE *out, int level, struct bytes key)
{
    struct bytes seq, modulus, exponent;
    int64_t e = 0;
    if (!der_only(key, ASN1_SEQUENCE, &seq) || !der_take(&seq, ASN1_INTEGER, &modulus) ||
        !der_take(&seq, ASN1_INTEGER, &exponent) || !der_int(exponent, &e)) {
        hex_lines(out, level, key);
        return;
    }
    while (modulus.len > 1 && modulus.data[0] == 0) {
        modulus = BYTES(modulus.data + 1, modulus.len - 1);
    }
    fprintf(out, "%*sExponent: %lld\n", level * INDENT, "", (long long)e);
    fprintf(out, "%*sPublic Key Modulus: (%zu bits) :\n", level * INDENT, "", modulus.len * 8);
    hex_lines(out, level + 1, modulus);
}

static void print_key(FILE *out, int level, const struct cert *cert)
{
    struct bytes seq, alg, bits, key;
    line(out, level, "Subject Public Key Info: ");
    if (!der_only(cert_spki(cert), ASN1_SEQUENCE, &seq) || !der_take_whole(&seq, ASN1_SEQUENCE, &alg) ||
        !der_take(&seq, ASN1_BIT_STRING, &bits) || !der_bits(bits, &key)) {
        return;
    }
    char *name = java_algorithm(alg);
    fprintf(out, "%*sAlgorithm: %s\n", (level + 1) * INDENT, "", name);
    line(out, level + 1, "Public Key: ");
    if (cert_key_type(cert) == KEY_RSA) {
        print_rsa(out, level + 2, key);
    } else {
        hex_lines(out, level + 2, key);
    }
    free(name);
}

static void print_fingerprints(FILE *out, int level, const struct cert *cert)
{
    static const struct {
        const char *title;
        int md;
        enum hash_alg alg;
    } rows[] = {{"MD2:", 2, HASH_SHA1},
                {"MD5:", 5, HASH_SHA1},
                {"SHA-1:", 0, HASH_SHA1},
                {"SHA-256:", 0, HASH_SHA256},
                {"SHA-512:", 0, HASH_SHA512}};
    line(out, level, "FingerPrint");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf digest = BUF_INIT(HASH_MAX);
        bool ok = rows[i].md ? hash_md(rows[i].md, cert_der(cert), &digest)
                             : cert_fingerprint(cert, rows[i].alg, &digest, NULL);
        if (ok) {
            line(out, level + 1, rows[i].title);
            hex_lines(out, level + 2, buf_peek(&digest));
        }
        buf_release(&digest);
    }
}

/* "0x1A", the only place where Dogtag writes it so. */
static char *serial_upper(const struct cert *cert)
{
    char *text = cert_serial_text(cert);
    for (char *p = text + 2; *text && *p; p++) {
        *p = *p >= 'a' && *p <= 'f' ? (char)(*p - 'a' + 'A') : *p;
    }
    return text;
}

void java_cert_print(FILE *out, const struct cert *cert)
{
    char *serial_hex = serial_upper(cert), *algorithm = java_algorithm(cert_signature_alg(cert));
    char *issuer = java_name(cert_issuer_der(cert)), *subject = java_name(cert_subject_der(cert));
    char *from = java_date_full(cert_not_before(cert)), *until = java_date_full(cert_not_after(cert));
    line(out, 1, "Certificate: ");
    line(out, 2, "Data: ");
    line(out, 3, "Version:  v3");
    fprintf(out, "%*sSerial Number: %s\n", 3 * INDENT, "", serial_hex);
    fprintf(out, "%*sSignature Algorithm: %s\n", 3 * INDENT, "", algorithm);
    fprintf(out, "%*sIssuer: %s\n", 3 * INDENT, "", issuer);
    line(out, 3, "Validity: ");
    fprintf(out, "%*sNot Before: %s\n%*sNot  After: %s\n", 4 * INDENT, "", from, 4 * INDENT, "", until);
    fprintf(out, "%*sSubject: %s\n", 3 * INDENT, "", subject);
    print_key(out, 3, cert);
    print_extensions(out, 3, cert);
    line(out, 2, "Signature: ");
    fprintf(out, "%*sAlgorithm: %s\n", 3 * INDENT, "", algorithm);
    line(out, 3, "Signature: ");
    hex_lines(out, 4, cert_signature(cert));
    print_fingerprints(out, 2, cert);
    free(serial_hex);
    free(algorithm);
    free(issuer);
    free(subject);
    free(from);
    free(until);
}
