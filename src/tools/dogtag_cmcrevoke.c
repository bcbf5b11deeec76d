/* SPDX-License-Identifier: Apache-2.0 */
/* CMCRevoke: a signed revocation request; options with their values glued on. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "flow/engine.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/revoke.h"
#include "tools/tool.h"

#define TOOL "CMCRevoke"
#define OUTPUT "CMCRevoke.out"

struct options {
    char *dir, *nickname, *issuer, *serial, *reason, *secret, *password, *token, *comment;
};

/* Quotes around a value belong to the shell; both are taken off. */
static char *unquoted(char *value)
{
    size_t len = strlen(value);
    if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
        value[len - 1] = '\0';
        return value + 1;
    }
    return value;
}

static bool parse(struct options *o, int argc, char **argv, struct err *err)
{
    const struct {
        char letter;
        char **value;
        bool required;
    } rows[] = {{'d', &o->dir, true},      {'n', &o->nickname, true}, {'i', &o->issuer, true},
                {'s', &o->serial, true},   {'m', &o->reason, true},   {'t', &o->secret, false},
                {'p', &o->password, true}, {'h', &o->token, false},   {'c', &o->comment, false}};
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < ARRAY_LEN(rows) && !(argv[i][0] == '-' && argv[i][1] == rows[k].letter)) {
            k++;
        }
        if (k == ARRAY_LEN(rows)) {
            return err_fail(err, ERR_USAGE, "%s", argv[i]);
        }
        *rows[k].value = unquoted(argv[i] + 2);
    }
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        if (rows[k].required && !*rows[k].value) {
            return err_fail(err, ERR_USAGE, "-%c", rows[k].letter);
        }
    }
    return true;
}

static int usage_fail(int argc, struct err *err)
{
    if (argc < 7) {
        printf("Wrong number of parameters:%d\n", argc - 1);
    }
    printf(
        "Usage:  CMCRevoke -d<NSS database folder> -n<nickname of the signer> -i<issuer> -s<serial number> -m<reason> "
        "-p<password> [-t<shared secret>] [-h<token>] [-c<comment>]\n\n"
        "Reasons: 0 unspecified, 1 keyCompromise, 2 caCompromise, 3 affiliationChanged, 4 superseded,\n"
        "5 cessationOfOperation, 6 certificateHold, 8 removeFromCRL (which releases no hold: it revokes a valid\n"
        "certificate, and changes nothing about one that is revoked or on hold)\n\n"
        "NOTE: You can alternatively use CMCRequest instead for better usability.\n");
    return dogtag_fail(TOOL, err);
}

static bool write_request(struct bytes der, struct err *err)
{
    struct buf text = BUF_INIT_SECRET(BUF_MAX_TEXT);
    bool ok = (base64_encode(der, 0, false, &text) || err_fail(err, ERR_INTERNAL, NULL)) &&
              file_write(OUTPUT, der, 0600, err);
    if (ok) {
        printf("-----BEGIN CERTIFICATE REQUEST-----\n%s\n-----END CERTIFICATE REQUEST-----\n\n"
               "CMC revocation binary blob written to %s\n\n",
               buf_str(&text), OUTPUT);
    }
    buf_release(&text);
    return ok;
}

static bool make(const struct options *o, struct engine *e, struct err *err)
{
    struct secret secret = SECRET_INIT;
    struct buf der = BUF_INIT_SECRET(BUF_MAX_MESSAGE); /* with -t it carries the secret */
    if (o->secret) {
        size_t len = strlen(o->secret);
        secret_set(&secret, o->secret, len);
        memset(o->secret, 'x', len);
    }
    char *shown = text_visible_str(o->nickname);
    printf("CMCRevoke: searching for certificate nickname:%s\n", shown);
    free(shown);
    struct revoke_options how = {.token = o->token,
                                 .nickname = o->nickname,
                                 .issuer = o->issuer,
                                 .serial = o->serial,
                                 .reason = o->reason,
                                 .comment = o->comment,
                                 .passphrase = o->secret ? &secret : NULL,
                                 .dogtag_nonce = true};
    revoke_warn(TOOL, o->reason);
    bool ok = revoke_build(e, &how, &der, err) && write_request(buf_peek(&der), err);
    secret_release(&secret);
    buf_release(&der);
    return ok;
}

int dogtag_cmcrevoke(int argc, char **argv)
{
    struct options o = {0};
    struct err err = ERR_INIT;
    if (!parse(&o, argc, argv, &err)) {
        return usage_fail(argc, &err);
    }
    struct secrets *secrets = secrets_new(NULL, NULL);
    struct engine engine;
    engine_init(&engine, secrets);
    dogtag_take_password(secrets, o.password);
    bool ok = engine_open_db(&engine, o.dir, false, false, &err);
    if (ok) {
        printf("cert/key prefix = \npath = %s\n", o.dir);
    }
    ok = ok && engine_login(&engine, o.token, &err) && make(&o, &engine, &err);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? 0 : dogtag_fail(TOOL, &err);
}
