/* SPDX-License-Identifier: Apache-2.0 */
/* cmc pkcs10: a key in the database, and the certificate request for it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "flow/engine.h"
#include "nss/csr.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *subject, *type, *curve, *key_id, *output;
    long size;
    struct strv sans;
    bool create;
};

static struct key *get_key(const struct options *o, struct engine *e, struct err *err)
{
    if (!o->key_id) {
        bool ec = strcmp(o->type, "ec") == 0;
        struct key_spec spec = {
            .type = ec ? KEY_EC : KEY_RSA, .bits = ec ? 0 : (int)o->size, .curve = ec ? o->curve : NULL};
        return key_generate(e->db, o->common.token, &spec, err);
    }
    struct buf id = BUF_INIT(256);
    struct key *key = key_id_parse(o->key_id, &id, err) ? key_find(e->db, o->common.token, buf_peek(&id), err) : NULL;
    buf_release(&id);
    return key;
}

/* A key that was just made and whose request failed is removed again: nothing half-done stays. */
static bool make(const struct options *o, struct engine *e, char **id_text, struct err *err)
{
    struct buf subject = BUF_INIT(BUF_MAX_TEXT), der = BUF_INIT(BUF_MAX_TEXT), pem = BUF_INIT(BUF_MAX_TEXT),
               id = BUF_INIT(256);
    struct csr_spec spec = {.sans = o->sans, .ski = true};
    struct key *key = NULL;
    bool ok = dn_encode(o->subject, &subject, err) && (key = get_key(o, e, err)) != NULL;
    spec.subject_der = buf_peek(&subject);
    ok = ok && csr_build(key, &spec, HASH_SHA256, &der, err) && key_id(key, &id, err);
    ok =
        ok && (pem_encode(buf_peek(&der), "CERTIFICATE REQUEST", 64, false, &pem) || err_fail(err, ERR_INTERNAL, NULL));
    char *text = ok ? key_id_text(buf_peek(&id)) : NULL;
    char *id_file = xasprintf("%s.keyId", o->output);
    ok = ok && file_write(o->output, buf_peek(&pem), 0644, err) && file_write(id_file, bytes_of_str(text), 0644, err);
    if (!ok && key && !o->key_id) {
        struct err ignored = ERR_INIT;
        bool removed = key_delete(e->db, key, &ignored);
        (void)removed;
        err_release(&ignored);
        key = NULL;
    }
    *id_text = text;
    free(id_file);
    key_free(key);
    buf_release(&subject);
    buf_release(&der);
    buf_release(&pem);
    buf_release(&id);
    return ok;
}

static void print_result(const struct options *o, const char *id)
{
    if (o->common.json) {
        struct json *root = json_new_object();
        json_set_str(root, "output", o->output);
        json_set_str(root, "key-id", id);
        json_set_str(root, "subject", o->subject);
        tool_print_json(root);
    } else {
        printf(_("Key id       %s\nWritten to   %s\n"), id, o->output);
    }
}

int tool_pkcs10(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT, .type = "rsa", .curve = "nistp256", .size = 2048};
    const struct opt table[] = {
        TOOL_OPT_DB(o.common),
        {OPT_FLAG, "create", 0, NULL, N_("Create the database when it is not there."), &o.create, NULL, 0, 0},
        TOOL_OPT_PASSWORD(o.common),
        {OPT_STR, "subject", 'n', N_("DN"), N_("Subject name (RFC 4514), e.g. uid=jdoe,dc=example,dc=com."), &o.subject,
         NULL, 0, 0},
        {OPT_STRV, "san", 0, N_("NAME"), N_("Another name: DNS:, IP:, email: or UPN:; may be given again."), &o.sans,
         NULL, 0, 0},
        {OPT_CHOICE, "key-type", 'a', N_("TYPE"), N_("rsa or ec."), &o.type, "rsa|ec", 0, 0},
        {OPT_INT, "size", 'l', N_("BITS"), N_("Size of an RSA key: 2048, 3072 or 4096."), &o.size, NULL, 2048, 4096},
        {OPT_CHOICE, "curve", 'c', N_("CURVE"), N_("Curve of an EC key."), &o.curve, "nistp256|nistp384|nistp521", 0,
         0},
        {OPT_STR, "key-id", 0, N_("ID"), N_("Use this existing key instead of making one."), &o.key_id, NULL, 0, 0},
        {OPT_STR, "output", 'o', N_("FILE"), N_("Where the request goes (PEM); the key id goes to FILE.keyId."),
         &o.output, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {"cmc pkcs10", N_("-n DN -o FILE [OPTION]..."),
                                    N_("Makes a key in the NSS database and a PKCS#10 certificate request for it."),
                                    NULL};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct engine engine;
    struct secrets *secrets = tool_secrets(&o.common);
    char *id = NULL;
    engine_init(&engine, secrets);
    bool ok = rest == argc || err_fail(&err, ERR_USAGE, "%s", argv[rest]);
    ok = ok && ((o.subject && o.output) || err_fail(&err, ERR_USAGE, "%s", _("--subject and --output are needed.")));
    ok = ok && engine_open_db(&engine, o.common.dbdir ? o.common.dbdir : ".", true, o.create, &err) &&
         engine_login(&engine, o.common.token, &err) && make(&o, &engine, &id, &err);
    if (ok) {
        print_result(&o, id);
    }
    free(id);
    strv_release(&o.sans);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
