/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS10Client: a key on a token and its PKCS#10 request. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "cfg/cfg.h"
#include "flow/engine.h"
#include "nss/csr.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/tool.h"

#define TOOL "PKCS10Client"

struct options {
    char *dir, *token, *password, *password_file, *type, *length, *curve, *ecdh, *temporary, *typed, *sensitive,
        *extractable;
    char *output, *subject, *ski;
    bool wrap, verbose;
    int bits, sensitive_n, extractable_n;
};

static int usage(const char *why)
{
    printf("%s: %s\n\n", TOOL, why);
    printf(
        "Usage: PKCS10Client -d <NSS database folder> -h <token name> -P <token password file> -a <rsa or ec> "
        "-l <RSA key length> -c <EC curve> -o <output file> -n <subject DN>\n\n"
        "    -p <password>    the token's password; -P is safer\n"
        "    -k <true|false>  attribute values may name their string type (CN=UTF8String:...); default false\n"
        "    -y <true|false>  add a subjectKeyIdentifier, for shared secret enrollment; default false\n"
        "    -w               RSA: the key may wrap and unwrap\n"
        "    -v               verbose\n"
        "    EC only: -t <true|false> temporary key, default false; -s <-1|0|1> sensitive; -e <-1|0|1> extractable;\n"
        "    -x <true|false>  key for key agreement instead of signing, default false\n");
    return 1;
}

static bool is_true(const char *text)
{
    return text && strcmp(text, "true") == 0;
}

/* NULL when all is well. */
static const char *check(struct options *o)
{
    if (o->password && o->password_file) {
        return "'-p' and '-P' cannot be both specified.";
    }
    if (!o->output || !o->subject || (!o->password && !o->password_file)) {
        return "Illegal input parameters.";
    }
    if (!dogtag_number(o->sensitive, -1, 1, &o->sensitive_n)) {
        return "Illegal input parameters for -s.";
    }
    if (!dogtag_number(o->extractable, -1, 1, &o->extractable_n)) {
        return "Illegal input parameters for -e.";
    }
    return NULL;
}

static struct key *make_key(const struct options *o, struct engine *e, struct err *err)
{
    bool ec = strcmp(o->type, "ec") == 0;
    struct key_spec spec = {
        .type = ec ? KEY_EC : KEY_RSA,
        .bits = ec ? 0 : o->bits,
        .curve = ec ? o->curve : NULL,
        .temporary = ec && is_true(o->temporary),
        .insensitive = ec && o->sensitive_n == 0,
        .extractable = ec && o->extractable_n == 1,
        .derive = ec && is_true(o->ecdh),
        .wrap_ops = !ec && o->wrap,
    };
    if (o->verbose && !ec) {
        printf("%s: rsa_keygen_wrap_unwrap_ops: %s\n", TOOL, o->wrap ? "true" : "false");
    }
    struct key *key = key_generate(e->db, o->token, &spec, err);
    if (o->verbose && key) {
        printf("%s: key pair generated.\n", TOOL);
    }
    return key;
}

/* -v, with the finished request. */
static void say_request(const struct options *o, struct key *key)
{
    struct buf id = BUF_INIT(256);
    char *text = key_id(key, &id, NULL) ? key_id_text(buf_peek(&id)) : NULL;
    if (is_true(o->ski)) {
        printf("%s: use_shared_secret true. Generating SubjectKeyIdentifier extension.\n", TOOL);
    }
    printf("%s: Certificate request created\nKeypair private key id: %s\n\n", TOOL, text ? text : "");
    free(text);
    buf_release(&id);
}

static bool login(const struct options *o, struct engine *e, struct err *err)
{
    if (o->verbose) {
        printf("%s: Debug: got token.\n%s: Debug: thread token set.\n", TOOL, TOOL);
    }
    bool ok = engine_login(e, o->token, err);
    if (o->verbose && ok) {
        char *shown = text_visible_str(cfg_token_is_internal(o->token) ? "Internal Key Storage Token" : o->token);
        printf("%s: token %s logged in...\n", TOOL, shown);
        free(shown);
    }
    return ok;
}

/* A key whose request could not be made or stored goes again. */
static bool make(const struct options *o, struct engine *e, struct err *err)
{
    struct buf subject = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT), pem = BUF_INIT(BUF_MAX_TEXT);
    struct csr_spec spec = {.ski = is_true(o->ski)};
    struct key *key = NULL;
    char *id = NULL;
    bool ok = dogtag_dn(o->subject, is_true(o->typed) ? DN_TYPED | DN_PRINTABLE : 0, &subject, err) &&
              (key = make_key(o, e, err)) != NULL;
    spec.subject_der = buf_peek(&subject);
    ok = ok && csr_build(key, &spec, HASH_SHA256, &der, err);
    if (ok && o->verbose) {
        say_request(o, key);
    }
    ok = ok && (dogtag_pem(buf_peek(&der), "CERTIFICATE REQUEST", &pem) || err_fail(err, ERR_INTERNAL, NULL)) &&
         file_write(o->output, buf_peek(&pem), 0644, err) && dogtag_write_key_id(o->output, key, &id, err);
    if (ok) {
        printf("%s: Certificate request written into %s\n", TOOL, o->output);
        printf("%s: PKCS#10 request key id written into %s.keyId\n", TOOL, o->output);
        key_free(key);
    } else if (key) {
        bool removed = key_delete(e->db, key, NULL);
        (void)removed;
    }
    free(id);
    buf_release(&subject);
    buf_release(&der);
    buf_release(&pem);
    return ok;
}

int dogtag_pkcs10client(int argc, char **argv)
{
    char here[] = ".", rsa[] = "rsa", p256[] = "nistp256", bits[] = "2048", unset[] = "-1";
    struct options o = {
        .dir = here, .type = rsa, .curve = p256, .length = bits, .sensitive = unset, .extractable = unset};
    const struct dogtag_arg rows[] = {
        {"-d", &o.dir, NULL},           {"-h", &o.token, NULL},     {"-p", &o.password, NULL},
        {"-P", &o.password_file, NULL}, {"-a", &o.type, NULL},      {"-l", &o.length, NULL},
        {"-c", &o.curve, NULL},         {"-x", &o.ecdh, NULL},      {"-t", &o.temporary, NULL},
        {"-k", &o.typed, NULL},         {"-s", &o.sensitive, NULL}, {"-e", &o.extractable, NULL},
        {"-o", &o.output, NULL},        {"-n", &o.subject, NULL},   {"-y", &o.ski, NULL},
        {"-w", NULL, &o.wrap},          {"-v", NULL, &o.verbose},
    };
    struct err err = ERR_INIT;
    int bad = 0;
    if (!dogtag_args(rows, ARRAY_LEN(rows), argc, argv, &bad)) {
        char *why = xasprintf("Unrecognized argument(%d): %s", bad - 1, argv[bad]);
        int code = usage(why);
        free(why);
        return code;
    }
    const char *why = check(&o);
    if (why) {
        return usage(why);
    }
    if (!dogtag_number(o.length, 1, 65536, &o.bits)) {
        err_fail(&err, ERR_USAGE, "-l %s", o.length);
        return dogtag_fail(TOOL, &err);
    }
    if (strcmp(o.type, "rsa") != 0 && strcmp(o.type, "ec") != 0) {
        printf("%s: ERROR: invalid algorithm: %s\n", TOOL, o.type);
        err_fail(&err, ERR_USAGE, "%s-a %s",
                 dogtag_is_post_quantum(o.type) ? "ML-DSA and ML-KEM keys cannot be made with the NSS of this system: " : "",
                 o.type);
        return dogtag_fail(TOOL, &err);
    }
    if (is_true(o.typed)) {
        printf("%s: enable_encoding =true\n", TOOL);
    }
    struct secrets *secrets = secrets_new(NULL, NULL);
    struct engine engine;
    engine_init(&engine, secrets);
    if (o.password) {
        dogtag_take_password(secrets, o.password);
    } else {
        secrets_add_file(secrets, "password", o.password_file);
    }
    bool ok = engine_open_db(&engine, o.dir, true, false, &err) && login(&o, &engine, &err) &&
              make(&o, &engine, &err);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? 0 : dogtag_fail(TOOL, &err);
}
