/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines of the key tools: short options with a value each, DN texts with string types, key choices. */
#include "config.h"

#include "tools/dogtag_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "flow/engine.h"
#include "nss/csr.h"
#include "nss/der.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "tools/dogtag.h"

static const struct dogtag_arg *row_of(const struct dogtag_arg *rows, size_t n, const char *word)
{
    for (size_t k = 0; k < n; k++) {
        if (strcmp(rows[k].name, word) == 0) {
            return &rows[k];
        }
    }
    return NULL;
}

/* Takes the word at *i, and its value from behind it. */
static bool take_word(const struct dogtag_arg *row, int argc, char **argv, int *i)
{
    if (!row || (row->value && *i + 1 >= argc)) {
        return false;
    }
    if (row->flag) {
        *row->flag = true;
    }
    if (row->value) {
        *row->value = argv[++*i];
    }
    return true;
}

bool dogtag_args(const struct dogtag_arg *rows, size_t n, int argc, char **argv, int *bad)
{
    for (int i = 1; i < argc; i++) {
        *bad = i;
        if (!take_word(row_of(rows, n, argv[i]), argc, argv, &i)) {
            return false;
        }
    }
    return true;
}

static size_t dashes(const char *word)
{
    return word[0] != '-' ? 0 : word[1] == '-' ? 2 : 1;
}

/* "-verbose" is "--verbose". */
static const struct dogtag_arg *row_by_name(const struct dogtag_arg *rows, size_t n, const char *name, size_t len)
{
    for (size_t k = 0; k < n; k++) {
        const char *own = rows[k].name + dashes(rows[k].name);
        if (strlen(own) == len && strncmp(own, name, len) == 0) {
            return &rows[k];
        }
    }
    return NULL;
}

/* The option at *i, with its value. */
static bool take_option(const struct dogtag_arg *rows, size_t n, int argc, char **argv, int *i)
{
    size_t skip = dashes(argv[*i]);
    char *name = argv[*i] + skip, *equals = strchr(name, '=');
    const struct dogtag_arg *row = row_by_name(rows, n, name, strlen(name));
    if (row) {
        return take_word(row, argc, argv, i);
    }
    row = equals ? row_by_name(rows, n, name, (size_t)(equals - name)) : NULL;
    char *value = row ? equals + 1 : name + 1;
    row = row || skip == 2 ? row : row_by_name(rows, n, name, 1);
    if (!row || !row->value) {
        return false;
    }
    *row->value = value;
    return true;
}

/* Dogtag's tools drop them without a word; a script that has one goes on working, and its author gets to know. */
static void say_ignored(const char *tool, const char *word)
{
    char *shown = text_visible_str(word);
    fprintf(stderr, "%s: warning: ignored, because it belongs to no option: %s\n", tool, shown);
    free(shown);
}

bool dogtag_cli_args(const char *tool, const struct dogtag_arg *rows, size_t n, int argc, char **argv, int *bad)
{
    bool options = true;
    for (int i = 1; i < argc; i++) {
        *bad = i;
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (!options || dashes(argv[i]) == 0 || strcmp(argv[i], "-") == 0) {
            say_ignored(tool, argv[i]);
        } else if (!take_option(rows, n, argc, argv, &i)) {
            return false;
        }
    }
    return true;
}

bool dogtag_is_post_quantum(const char *type)
{
    return strcmp(type, "mldsa") == 0 || strcmp(type, "mlkem") == 0;
}

bool dogtag_number(const char *text, long min, long max, int *out)
{
    char *end = NULL;
    long value = strtol(text, &end, 10);
    bool ok = *text && !*end && value >= min && value <= max;
    if (ok) {
        *out = (int)value;
    }
    return ok;
}

/* To add a type: a row. Octets of the value are those of the encoding named. */
static const struct {
    const char *prefix;
    uint8_t tag;
    int width; /* octets per character; 0 = UTF-8 as it is, 1 = Latin-1 */
} string_types[] = {
    {"UTF8String:", ASN1_UTF8, 0}, {"PrintableString:", ASN1_PRINTABLE, 0},
    {"IA5String:", ASN1_IA5, 0},   {"TeletexString:", ASN1_TELETEX, 1},
    {"BMPString:", ASN1_BMP, 2},   {"UniversalString:", ASN1_UNIVERSAL, 4},
};

static bool widen(const char *utf8, int width, struct buf *out)
{
    size_t len = strlen(utf8);
    if (width == 0) {
        return buf_append(out, utf8, len);
    }
    while (len) {
        uint32_t cp = 0;
        size_t used = utf8_decode(utf8, len, &cp);
        uint8_t octets[4] = {(uint8_t)(cp >> 24), (uint8_t)(cp >> 16), (uint8_t)(cp >> 8), (uint8_t)cp};
        if (!used || (width < 4 && cp >> (8 * width)) || !buf_append(out, octets + 4 - width, (size_t)width)) {
            return false;
        }
        utf8 += used;
        len -= used;
    }
    return true;
}

static bool set_value(struct dn_rdn *rdn, const char *text, uint8_t tag, int width, struct err *err)
{
    struct buf octets = BUF_INIT(65536), der = BUF_INIT(70000);
    bool ok = widen(text, width, &octets) && der_put(&der, tag, buf_peek(&octets));
    if (ok) {
        free(rdn->value);
        rdn->value = bytes_hex(buf_peek(&der));
        rdn->hex = true;
    } else {
        err_fail(err, ERR_NSS_DN_VALUE, "%s", rdn->value);
    }
    buf_release(&octets);
    buf_release(&der);
    return ok;
}

static bool is_printable(const char *text)
{
    return *text &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?") == strlen(text);
}

/* "UTF8String:Joerg" becomes the DER of that string in hex, which the DN encoder takes as it is. */
static bool typed_value(struct dn_rdn *rdn, unsigned mode, struct err *err)
{
    for (size_t i = 0; (mode & DN_TYPED) && i < ARRAY_LEN(string_types); i++) {
        if (text_starts(rdn->value, string_types[i].prefix)) {
            return set_value(rdn, rdn->value + strlen(string_types[i].prefix), string_types[i].tag,
                             string_types[i].width, err);
        }
    }
    const struct dn_type *type = dn_type_find(rdn->type);
    bool free_choice = type && type->tag == ASN1_UTF8 && !rdn->hex;
    return !(mode & DN_PRINTABLE) || !free_choice || !is_printable(rdn->value) ||
           set_value(rdn, rdn->value, ASN1_PRINTABLE, 0, err);
}

bool dogtag_dn(const char *text, unsigned mode, struct buf *der, struct err *err)
{
    if (!mode) {
        return dn_encode(text, der, err);
    }
    struct dn_rdn *rdns = NULL;
    size_t n = 0;
    bool ok = dn_split(text, &rdns, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        ok = typed_value(&rdns[i], mode, err);
    }
    char *joined = ok ? dn_join(rdns, n) : NULL;
    ok = ok && dn_encode(joined, der, err);
    free(joined);
    dn_rdns_free(rdns, n);
    return ok;
}

bool dogtag_write_key_id(const char *output, struct key *key, char **text, struct err *err)
{
    struct buf id = BUF_INIT(256);
    char *file = xasprintf("%s.keyId", output);
    bool ok = key_id(key, &id, err);
    *text = ok ? key_id_text(buf_peek(&id)) : NULL;
    ok = ok && file_write(file, bytes_of_str(*text), 0644, err);
    free(file);
    buf_release(&id);
    return ok;
}
