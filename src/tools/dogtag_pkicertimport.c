/* SPDX-License-Identifier: Apache-2.0 */
/* PKICertImport: a certificate is judged for its use, up to a trusted CA, before anything of it is stored. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/when.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/pki.h"
#include "tools/tool.h"

#define TOOL "PKICertImport"

struct options {
    const char *dir, *file, *nickname, *trust, *usage, *password_file, *token, *chain_trust, *chain_usage,
        *p12_password_file;
    bool ascii, pkcs12, chain, leaf_only, keep_keys, trust_then_verify, help;
};

/* certutil's letters. A certificate without the extension is good for every use. To add a use: a row. */
static const struct use {
    const char *letter;
    bool ca;
    unsigned key_usage; /* one of these bits */
    const char *eku;    /* NULL: none asked for */
} uses[] = {
    {"C", false, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT, "1.3.6.1.5.5.7.3.2"},
    {"V", false, KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT, "1.3.6.1.5.5.7.3.1"},
    {"L", true, KU_KEY_CERT_SIGN, NULL},
    {"A", true, KU_KEY_CERT_SIGN, NULL},
    {"Y", true, KU_KEY_CERT_SIGN, NULL},
    {"S", false, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION, "1.3.6.1.5.5.7.3.4"},
    {"R", false, KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT, "1.3.6.1.5.5.7.3.4"},
    {"O", false, KU_DIGITAL_SIGNATURE, "1.3.6.1.5.5.7.3.9"},
    {"J", false, KU_DIGITAL_SIGNATURE, "1.3.6.1.5.5.7.3.3"},
};

static bool has_bit(const struct cert *cert, unsigned bits)
{
    unsigned usage = cert_key_usage(cert);
    return (usage & KU_ABSENT) || (usage & bits);
}

static bool fits_use(const struct cert *cert, const char *letter, struct err *err)
{
    const struct use *use = NULL;
    for (size_t i = 0; !use && i < ARRAY_LEN(uses); i++) {
        use = strcmp(uses[i].letter, letter) == 0 ? &uses[i] : NULL;
    }
    if (!use) {
        return pki_misuse(err, "Unknown usage", letter);
    }
    bool fits = (!use->ca || cert_is_ca(cert)) && has_bit(cert, use->key_usage) &&
                (!use->eku || !cert_has_eku_extension(cert) || cert_has_eku(cert, use->eku));
    if (!fits) {
        char *subject = cert_subject(cert);
        err_fail(err, ERR_NSS_CERT_USE, "%s (-u %s)", subject, letter);
        free(subject);
    }
    return fits;
}

static bool gives_ca_trust(const char *trust)
{
    return trust && (strchr(trust, 'C') || strchr(trust, 'T'));
}

/* Up to a CA that the database trusts; a root that is to be trusted from now on is its own anchor. */
static bool judge(struct pki *p, const struct cert *cert, const struct cert_list *pool, const char *trust,
                  const char *use, struct err *err)
{
    struct cert_list anchors = CERT_LIST_INIT;
    bool root = cert_is_self_signed(cert) && gives_ca_trust(trust);
    if (root) {
        cert_list_push(&anchors, cert);
    }
    bool ok = fits_use(cert, use, err) && (root ? chain_verify_to(cert, pool, &anchors, when_now(), err)
                                                : chain_verify(p->engine.db, cert, pool, when_now(), err));
    cert_list_release(&anchors);
    return ok;
}

static bool import_one(const struct options *o, struct pki *p, struct bytes file, struct err *err)
{
    struct cert_list certs = CERT_LIST_INIT, sorted = CERT_LIST_INIT;
    bool ok = pem_decode_all(file, &certs, err);
    pki_sort(&certs, &sorted);
    struct cert *leaf = sorted.n ? sorted.v[sorted.n - 1] : NULL;
    ok = ok && judge(p, leaf, &certs, o->trust, o->usage, err) &&
         certdb_nickname_free(p->engine.db, o->token, o->nickname, cert_subject_der(leaf), err);
    for (size_t i = 0; ok && i < sorted.n; i++) {
        bool named = sorted.v[i] == leaf;
        char *nickname = named ? xstrdup(o->nickname) : pki_ca_nickname(p, sorted.v[i]);
        ok = certdb_import(p->engine.db, named ? o->token : NULL, sorted.v[i], nickname, named ? o->trust : NULL, err);
        free(nickname);
    }
    cert_list_release(&sorted);
    cert_list_release(&certs);
    return ok;
}

/* ---- packages ---- */

struct package {
    struct p12_cert *v;
    size_t n;
    struct cert_list pool;
    struct cert *leaf; /* lent: the first with a key */
    bool *was_there;   /* as v: stored before */
};

static void package_release(struct package *k)
{
    p12_certs_free(k->v, k->n);
    cert_list_release(&k->pool);
    free(k->was_there);
}

static bool package_read(struct pki *p, struct bytes file, const struct secret *password, struct package *k,
                         struct err *err)
{
    if (!p12_certs(p->engine.db, file, password, &k->v, &k->n, err)) {
        return false;
    }
    k->was_there = xcalloc(k->n + 1, sizeof(*k->was_there));
    for (size_t i = 0; i < k->n; i++) {
        cert_list_push(&k->pool, k->v[i].cert);
        k->leaf = !k->leaf && k->v[i].has_key ? k->v[i].cert : k->leaf;
        k->was_there[i] = certdb_has(p->engine.db, k->v[i].cert);
    }
    return k->leaf || err_fail(err, ERR_NSS_KEY_NOT_FOUND, NULL);
}

/* The chain's certificates are judged like the leaf, each for --chain-usage. */
static bool package_judge(const struct options *o, struct pki *p, const struct package *k, struct err *err)
{
    struct cert_list anchors = CERT_LIST_INIT;
    bool ok = fits_use(k->leaf, o->usage, err);
    for (size_t i = 0; ok && o->chain && i < k->n; i++) {
        bool root = cert_is_self_signed(k->v[i].cert) && o->trust_then_verify && gives_ca_trust(o->chain_trust);
        if (root) {
            cert_list_push(&anchors, k->v[i].cert);
        }
        ok = k->v[i].cert == k->leaf || fits_use(k->v[i].cert, o->chain_usage, err);
    }
    struct cert_list path = CERT_LIST_INIT;
    ok = ok && chain_build(p->engine.db, k->leaf, &k->pool, anchors.n ? &anchors : NULL, when_now(), &path, err);
    cert_list_release(&path);
    cert_list_release(&anchors);
    return ok;
}

/* NSS stores under the package's own name: the leaf gets the one that was asked for. */
static bool rename_leaf(const struct options *o, struct pki *p, const struct package *k, struct err *err)
{
    char *now = certdb_nickname_of(p->engine.db, k->leaf);
    const char *plain = now && strrchr(now, ':') ? strrchr(now, ':') + 1 : now;
    bool ok = (plain && strcmp(plain, o->nickname) == 0) ||
              (certdb_delete(p->engine.db, o->token, k->leaf, err) &&
               certdb_import(p->engine.db, o->token, k->leaf, o->nickname, o->trust, err));
    free(now);
    return ok;
}

static bool package_store(const struct options *o, struct pki *p, struct bytes file, const struct secret *password,
                          const struct package *k, struct err *err)
{
    bool ok = certdb_nickname_free(p->engine.db, o->token, o->nickname, cert_subject_der(k->leaf), err) &&
              certdb_import_pkcs12(p->engine.db, o->token, file, password, NULL, err) && rename_leaf(o, p, k, err) &&
              certdb_set_trust(p->engine.db, k->leaf, o->trust, err);
    for (size_t i = 0; ok && i < k->n; i++) {
        struct cert *cert = k->v[i].cert;
        if (cert == k->leaf) {
            continue;
        }
        if (o->chain) {
            ok = certdb_set_trust(p->engine.db, cert, o->chain_trust, err);
        } else if (o->leaf_only && !k->was_there[i]) {
            ok = certdb_delete(p->engine.db, o->token, cert, err);
        }
    }
    return ok;
}

static bool import_package(const struct options *o, struct pki *p, struct bytes file, struct err *err)
{
    struct package k = {.pool = CERT_LIST_INIT};
    struct secret password = SECRET_INIT;
    if (o->p12_password_file) {
        if (!secret_read_file(&password, o->p12_password_file, err)) {
            return false;
        }
    } else {
        secret_set(&password, "", 0);
    }
    bool ok = package_read(p, file, &password, &k, err) && package_judge(o, p, &k, err) &&
              package_store(o, p, file, &password, &k, err);
    package_release(&k);
    secret_release(&password);
    return ok;
}

/* ---- command line ---- */

static void usage(FILE *out)
{
    fprintf(out,
            "Usage: PKICertImport [arguments]\nValidates a certificate, then imports it.\n\nRequired arguments:\n"
            "--database, -d <path>: the NSS database\n"
            "--certificate, -i <path>: the certificate (PEM, DER or PKCS #7, its chain in any order)\n"
            "--nickname, -n <name>: nickname for the certificate\n"
            "--trust, -t <flags>: trust flags for the certificate\n"
            "--usage, -u <letter>: what it must be good for: C, V, L, A, Y, S, R, O, J as with certutil\n\n"
            "Optional arguments:\n--ascii, -a: the certificate is PEM; this is found out in any case\n"
            "--password, -f <path>: password file of the database\n--hsm, -h <name>: token\n"
            "--pkcs12, -p: the file is PKCS #12\n--pkcs12-password, -w <path>: its password file\n"
            "--chain, -c, with --chain-trust, -r <flags> and --chain-usage, -s <letter>: the package's chain as well\n"
            "--leaf-only, -l: only the leaf of the package\n"
            "--unsafe-trust-then-verify: the package's own root counts as trusted\n"
            "--unsafe-keep-keys: taken, and without effect: nothing is stored before it was validated\n");
}

static const char *missing(const struct options *o)
{
    const struct {
        bool wrong;
        const char *text;
    } rules[] = {
        {!o->dir, "Missing NSS Database location: specify --database/-d"},
        {!o->file, "Missing certificate location: specify --certificate/-i"},
        {!o->nickname, "Missing certificate nickname: specify --nickname/-n"},
        {!o->trust, "Missing certificate trust: specify --trust/-t"},
        {!o->usage, "Missing certificate usage: specify --usage/-u"},
        {o->ascii && o->pkcs12, "Can't specify both --ascii/-a and --pkcs12/-p"},
        {!o->pkcs12 && (o->p12_password_file || o->chain || o->chain_trust || o->chain_usage || o->keep_keys ||
                        o->trust_then_verify || o->leaf_only),
         "Options for a PKCS #12 file need --pkcs12/-p"},
        {o->chain && !o->chain_trust, "Can't specify --chain/-c without --chain-trust/-r"},
        {o->chain && !o->chain_usage, "Can't specify --chain/-c without --chain-usage/-s"},
        {o->chain && o->leaf_only, "Can't specify --chain/-c with --leaf-only/-l"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (rules[i].wrong) {
            return rules[i].text;
        }
    }
    return NULL;
}

static bool parse(struct options *o, int argc, char **argv, struct err *err)
{
    const struct pki_arg rows[] = {
        {"database", &o->dir, NULL},
        {"d", &o->dir, NULL},
        {"certificate", &o->file, NULL},
        {"i", &o->file, NULL},
        {"nickname", &o->nickname, NULL},
        {"n", &o->nickname, NULL},
        {"trust", &o->trust, NULL},
        {"t", &o->trust, NULL},
        {"usage", &o->usage, NULL},
        {"u", &o->usage, NULL},
        {"password", &o->password_file, NULL},
        {"f", &o->password_file, NULL},
        {"hsm", &o->token, NULL},
        {"h", &o->token, NULL},
        {"chain-trust", &o->chain_trust, NULL},
        {"r", &o->chain_trust, NULL},
        {"chain-usage", &o->chain_usage, NULL},
        {"s", &o->chain_usage, NULL},
        {"pkcs12-password", &o->p12_password_file, NULL},
        {"w", &o->p12_password_file, NULL},
        {"ascii", NULL, &o->ascii},
        {"a", NULL, &o->ascii},
        {"pkcs12", NULL, &o->pkcs12},
        {"p", NULL, &o->pkcs12},
        {"chain", NULL, &o->chain},
        {"c", NULL, &o->chain},
        {"leaf-only", NULL, &o->leaf_only},
        {"l", NULL, &o->leaf_only},
        {"leaf", NULL, &o->leaf_only},
        {"help", NULL, &o->help},
        {"unsafe-keep-keys", NULL, &o->keep_keys},
        {"unsafe-trust-then-verify", NULL, &o->trust_then_verify},
    };
    struct pki_words words = {.max = 0};
    if (!pki_args(rows, ARRAY_LEN(rows), argc, argv, &words, err)) {
        return false;
    }
    const char *why = o->help ? NULL : missing(o);
    return !why || err_fail(err, ERR_USAGE, "%s", why);
}

int dogtag_pkicertimport(int argc, char **argv)
{
    struct options o = {0};
    struct err err = ERR_INIT;
    if (!parse(&o, argc, argv, &err)) {
        usage(stderr);
        return dogtag_fail(TOOL, &err);
    }
    if (o.help) {
        usage(stdout);
        return 0;
    }
    struct pki p = {.dir = o.dir, .token = o.token, .secrets = secrets_new(NULL, NULL)};
    struct buf file = BUF_INIT(BUF_MAX_MESSAGE);
    engine_init(&p.engine, p.secrets);
    if (o.password_file) {
        secrets_add_file(p.secrets, "password", o.password_file);
    }
    bool ok = tool_read(o.file, &file, &err) && pki_open(&p, true, false, &err) &&
              (o.pkcs12 ? import_package : import_one)(&o, &p, buf_peek(&file), &err);
    buf_release(&file);
    engine_release(&p.engine);
    secrets_free(p.secrets);
    return ok ? 0 : dogtag_fail(TOOL, &err);
}
