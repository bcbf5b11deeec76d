/* SPDX-License-Identifier: Apache-2.0 */
/* CMCSharedToken: a shared secret, encrypted for a CA's issuance protection certificate. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmc/sharedtoken.h"
#include "flow/engine.h"
#include "nss/cert.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/tool.h"

#define TOOL "CMCSharedToken"

struct options {
    char *dir, *token, *password, *secret, *file, *nickname, *output;
    bool oaep, verbose, help;
};

static void usage(void)
{
    printf("usage: CMCSharedToken [OPTIONS]\n"
           " -d <path>      NSS database folder (default: the current one)\n"
           " -h <name>      token (default: internal)\n"
           " -p <password>  the token's password\n"
           " -s <secret>    the shared secret; cmc token reads it from a file or descriptor instead\n"
           " -b <file>      issuance protection certificate, PEM\n"
           " -n <nickname>  the same, from the database\n"
           " -o <file>      output, base64\n"
           " --oaep         wrap the session key with RSA-OAEP\n"
           " -v             verbose\n"
           " --help\n");
}

static struct cert *load_cert(const struct options *o, struct engine *e, struct err *err)
{
    if (!o->file) {
        return certdb_find(e->db, o->token, o->nickname, err);
    }
    struct buf text = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    struct cert *cert = NULL;
    if (file_read(o->file, &text, err) && pem_decode(buf_peek(&text), &der, NULL, err)) {
        cert = cert_from_der(buf_peek(&der), err);
    }
    buf_release(&text);
    buf_release(&der);
    return cert;
}

static bool write_token(const struct options *o, struct bytes der, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    bool ok = base64_encode(der, 76, true, &text) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && (!o->output || file_write(o->output, buf_peek(&text), 0600, err));
    if (ok) {
        printf("\nEncrypted Secret Data:\n%s\n", buf_str(&text));
        if (o->output) {
            printf("\nStoring Base64 secret data into %s\n", o->output);
        }
    }
    buf_release(&text);
    return ok;
}

/* Java turns what the command line says into characters by the locale, and those into UTF-8; here the octets are taken as they are. */
static void warn_not_ascii(const char *secret)
{
    if (text_is_ascii(secret)) {
        return;
    }
    fprintf(stderr,
            "%s: warning: the secret is not ASCII; its octets are taken as they stand on the command line (%s), where Dogtag's tool "
            "converts them by the locale. CAs compare octets, so such a secret may fail; cmc token refuses it.\n",
            TOOL, utf8_valid(secret, strlen(secret)) ? "UTF-8" : "not UTF-8");
}

static bool make(const struct options *o, struct engine *e, struct err *err)
{
    struct secret secret = SECRET_INIT;
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    size_t len = strlen(o->secret);
    warn_not_ascii(o->secret);
    secret_set(&secret, o->secret, len);
    memset(o->secret, 'x', len);
    struct cert *cert = load_cert(o, e, err);
    if (cert && o->verbose) {
        printf("Loading issuance protection certificate\nGenerating session key\nEncrypting passphrase\n"
               "Wrapping session key with issuance protection cert\n");
    }
    bool ok =
        cert &&
        (cert_key_type(cert) == KEY_RSA ||
         err_fail(err, ERR_NSS_ENCRYPT, "Shared tokens need an RSA certificate; this one has another kind of key.")) &&
        shared_token_make(e->db, cert_spki(cert), o->oaep, &secret, &der, err) && write_token(o, buf_peek(&der), err);
    cert_free(cert);
    secret_release(&secret);
    buf_release(&der);
    return ok;
}

static bool check(const struct options *o, struct err *err)
{
    if (!o->file && !o->nickname) {
        printf("Invallid command: either nickname or PEM file must be provided for Issuance Protection Certificate\n");
        return err_fail(err, ERR_USAGE, "-b or -n");
    }
    return (o->password || err_fail(err, ERR_USAGE, "-p")) && (o->secret || err_fail(err, ERR_USAGE, "-s")) &&
           (*o->secret || err_fail(err, ERR_CMC_SECRET_MISSING, NULL));
}

int dogtag_cmcsharedtoken(int argc, char **argv)
{
    char here[] = ".";
    struct options o = {.dir = here};
    const struct dogtag_arg rows[] = {
        {"-d", &o.dir, NULL},     {"-h", &o.token, NULL},          {"-p", &o.password, NULL},
        {"-s", &o.secret, NULL},  {"-b", &o.file, NULL},           {"-n", &o.nickname, NULL},
        {"-o", &o.output, NULL},  {"-oaep", NULL, &o.oaep},        {"--oaep", NULL, &o.oaep},
        {"-v", NULL, &o.verbose}, {"--verbose", NULL, &o.verbose}, {"--help", NULL, &o.help},
    };
    struct err err = ERR_INIT;
    int at = 0;
    if (!dogtag_cli_args(TOOL, rows, ARRAY_LEN(rows), argc, argv, &at)) {
        err_fail(&err, ERR_USAGE, "Unrecognized option: %s", argv[at]);
        return dogtag_fail(TOOL, &err);
    }
    if (o.help) {
        usage();
        return 0;
    }
    if (!check(&o, &err)) {
        return dogtag_fail(TOOL, &err);
    }
    struct secrets *secrets = secrets_new(NULL, NULL);
    struct engine engine;
    engine_init(&engine, secrets);
    dogtag_take_password(secrets, o.password);
    bool ok = engine_open_db(&engine, o.dir, false, false, &err) && engine_login(&engine, o.token, &err) &&
              make(&o, &engine, &err);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? 0 : dogtag_fail(TOOL, &err);
}
