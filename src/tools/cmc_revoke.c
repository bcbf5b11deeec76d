/* SPDX-License-Identifier: Apache-2.0 */
/* cmc revoke: a request to revoke a certificate, signed, or unsigned with the certificate's shared secret. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "flow/engine.h"
#include "nss/nssdb.h"
#include "tools/revoke.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *nickname, *issuer, *serial, *reason, *comment, *invalidity, *output;
};

static bool check(const struct options *o, struct err *err)
{
    bool secret = o->common.secret_file || o->common.secret_fd >= 0;
    if (!o->serial || !o->output) {
        return err_fail(err, ERR_USAGE, "%s", _("--serial and --output are needed."));
    }
    if (!o->nickname && !(secret && o->issuer)) {
        return err_fail(
            err, ERR_USAGE, "%s",
            _("Give --nickname to sign, or --issuer and --secret-file for a certificate with a shared secret."));
    }
    return !(o->nickname && secret) ||
           err_fail(err, ERR_USAGE, "%s",
                    _("A signed request needs no shared secret; leave --secret-file or --nickname out."));
}

static bool make(const struct options *o, struct engine *e, struct secrets *secrets, struct err *err)
{
    struct secret secret = SECRET_INIT;
    struct buf der = BUF_INIT_SECRET(BUF_MAX_MESSAGE); /* a revocation by secret carries it */
    bool ok = o->nickname || secrets_get(secrets, "witness.sharedSecret", NULL, false, -1, &secret, err);
    struct revoke_options how = {.token = o->common.token,
                                 .nickname = o->nickname,
                                 .issuer = o->issuer,
                                 .serial = o->serial,
                                 .reason = o->reason,
                                 .comment = o->comment,
                                 .invalidity = o->invalidity,
                                 .passphrase = o->nickname ? NULL : &secret};
    revoke_warn("cmc revoke", o->reason);
    ok = ok && revoke_build(e, &how, &der, err) && file_write(o->output, buf_peek(&der), 0600, err);
    secret_release(&secret);
    buf_release(&der);
    return ok;
}

/* Nothing is signed with a secret: whoever lost the database with the key can still revoke. */
static bool open_db(const struct options *o, struct engine *e, struct err *err)
{
    if (o->nickname || o->common.dbdir) {
        return engine_open_db(e, o->common.dbdir ? o->common.dbdir : ".", false, false, err) &&
               (!o->nickname || engine_login(e, o->common.token, err));
    }
    e->db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
    return e->db != NULL;
}

int tool_revoke(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT, .reason = "unspecified"};
    const struct opt table[] = {
        TOOL_OPT_DB(o.common),
        TOOL_OPT_PASSWORD(o.common),
        {OPT_STR, "nickname", 0, N_("NAME"), N_("Certificate that signs: an agent's, or one with the same subject."),
         &o.nickname, NULL, 0, 0},
        {OPT_STR, "serial", 's', N_("NUMBER"), N_("Serial number of the certificate to revoke, decimal or 0x and hex."),
         &o.serial, NULL, 0, 0},
        {OPT_STR, "reason", 'm', N_("REASON"),
         N_("unspecified, keyCompromise, caCompromise, affiliationChanged, superseded, cessationOfOperation, "
            "certificateHold or removeFromCRL. The last one releases no hold: it revokes a valid certificate, and "
            "changes nothing about one that is revoked or on hold."),
         &o.reason, NULL, 0, 0},
        {OPT_STR, "issuer", 'i', N_("DN"), N_("Name of the issuing CA; without it that of the signer's issuer."),
         &o.issuer, NULL, 0, 0},
        {OPT_STR, "invalidity-date", 0, N_("DAY"), N_("Since when the key is not to be trusted, like 2026-11-21."),
         &o.invalidity, NULL, 0, 0},
        {OPT_STR, "comment", 0, N_("TEXT"), N_("A remark for the CA's records."), &o.comment, NULL, 0, 0},
        TOOL_OPT_SECRET(o.common),
        {OPT_STR, "output", 'o', N_("FILE"), N_("Where the request goes (DER)."), &o.output, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {"cmc revoke", N_("--nickname NAME --serial NUMBER -o FILE [OPTION]..."),
                                    N_("Builds a CMC request to revoke a certificate; send it with cmc submit."), NULL};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct engine engine;
    struct secrets *secrets = tool_secrets(&o.common);
    engine_init(&engine, secrets);
    bool ok = (rest == argc || err_fail(&err, ERR_USAGE, "%s", argv[rest])) && check(&o, &err) &&
              open_db(&o, &engine, &err) && make(&o, &engine, secrets, &err);
    if (ok && o.common.json) {
        struct json *root = json_new_object();
        json_set_str(root, "output", o.output);
        json_set_str(root, "serial", o.serial);
        json_set_str(root, "reason", o.reason);
        tool_print_json(root);
    } else if (ok) {
        printf(_("Written to   %s\n"), o.output);
    }
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
