/* SPDX-License-Identifier: Apache-2.0 */
/* cmc token: a shared secret, encrypted for the CA, as the directory keeps it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "cmc/sharedtoken.h"
#include "flow/engine.h"
#include "nss/cert.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *cert, *nickname, *output;
    bool oaep;
};

static struct cert *load_cert(const struct options *o, struct engine *e, struct err *err)
{
    if (!o->cert) {
        return certdb_find(e->db, o->common.token, o->nickname, err);
    }
    struct buf text = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT);
    struct cert *cert = NULL;
    if (file_read(o->cert, &text, err) && pem_decode(buf_peek(&text), &der, NULL, err)) {
        cert = cert_from_der(buf_peek(&der), err);
    }
    buf_release(&text);
    buf_release(&der);
    return cert;
}

static bool check_secret(const struct secret *secret, struct err *err)
{
    return (secret->len > 0 || err_fail(err, ERR_CFG_REQUIRED, "%s", _("The shared secret is empty."))) &&
           (text_is_ascii(secret->text) || err_fail(err, ERR_CMC_SECRET_NOT_ASCII, NULL));
}

static bool make(const struct options *o, struct engine *e, struct secrets *secrets, struct buf *text, struct err *err)
{
    struct secret secret = SECRET_INIT;
    struct buf der = BUF_INIT(BUF_MAX_TEXT);
    struct cert *cert = load_cert(o, e, err);
    bool ok = cert && secrets_get(secrets, "witness.sharedSecret", NULL, false, -1, &secret, err) && check_secret(&secret, err) &&
              shared_token_make(e->db, cert_spki(cert), o->oaep, &secret, &der, err) &&
              (base64_encode(buf_peek(&der), 76, true, text) || err_fail(err, ERR_INTERNAL, NULL)) &&
              (!o->output || file_write(o->output, buf_peek(text), 0600, err));
    cert_free(cert);
    secret_release(&secret);
    buf_release(&der);
    return ok;
}

static void print_result(const struct options *o, const struct buf *text)
{
    if (o->common.json) {
        struct json *root = json_new_object();
        if (o->output) {
            json_set_str(root, "output", o->output);
        } else {
            json_set_str(root, "token", buf_str(text));
        }
        tool_print_json(root);
    } else if (o->output) {
        printf(_("Written to   %s\n"), o->output);
    } else {
        printf("%s\n", buf_str(text));
    }
}

int tool_token(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        {OPT_STR, "cert", 'b', N_("FILE"), N_("The CA's issuance protection certificate, PEM or DER."), &o.cert, NULL, 0, 0},
        {OPT_STR, "nickname", 0, N_("NAME"), N_("The same, from the database."), &o.nickname, NULL, 0, 0},
        TOOL_OPT_DB(o.common),
        TOOL_OPT_SECRET(o.common),
        {OPT_FLAG, "oaep", 0, NULL, N_("Wrap the session key with RSA-OAEP, where the CA wants it."), &o.oaep, NULL, 0, 0},
        {OPT_STR, "output", 'o', N_("FILE"), N_("Where the token goes (base64); standard output without it."), &o.output, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {"cmc token", N_("--cert FILE [OPTION]..."),
                                    N_("Encrypts a shared secret for a CA, as the directory keeps it (attribute shrTok)."),
                                    N_("The secret is read from --secret-file, --secret-fd or the terminal.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct engine engine;
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct secrets *secrets = tool_secrets(&o.common);
    engine_init(&engine, secrets);
    bool ok = (rest == argc && !o.cert != !o.nickname) || err_fail(&err, ERR_USAGE, "%s", _("Give either --cert or --nickname."));
    ok = ok && (o.nickname ? engine_open_db(&engine, o.common.dbdir ? o.common.dbdir : ".", false, false, &err)
                           : (engine.db = nssdb_open(NULL, NSSDB_NONE, NULL, &err)) != NULL);
    ok = ok && make(&o, &engine, secrets, &text, &err);
    if (ok) {
        print_result(&o, &text);
    }
    buf_release(&text);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
