/* SPDX-License-Identifier: Apache-2.0 */
/* cmc import: certificates, chains, PKCS#7 and PKCS#12 into an NSS database, and the proof that key and certificate
 * work. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strv.h"
#include "flow/engine.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "nss/pem.h"
#include "tools/tool.h"

struct options {
    struct tool_options common;
    const char *nickname, *p12_password_file;
    long p12_password_fd;
    bool trust_root, pkcs12, practice, create;
};

struct result {
    char *nickname, *subject;
    size_t cas;
};

/* The leaf is the certificate whose key is in the database; without one, only CA certificates are stored. */
static struct cert *find_leaf(struct engine *e, const struct cert_list *certs)
{
    for (size_t i = 0; i < certs->n; i++) {
        struct err ignored = ERR_INIT;
        struct key *key = key_of_cert(e->db, certs->v[i], &ignored);
        err_release(&ignored);
        if (key) {
            key_free(key);
            return certs->v[i];
        }
    }
    return NULL;
}

static size_t count_cas(const struct cert_list *certs)
{
    size_t n = 0;
    for (size_t i = 0; i < certs->n; i++) {
        n += cert_is_ca(certs->v[i]);
    }
    return n;
}

static bool import_certs(const struct options *o, struct engine *e, struct bytes file, struct result *result,
                         struct err *err)
{
    struct cert_list certs = CERT_LIST_INIT;
    bool ok = pem_decode_all(file, &certs, err) && engine_login(e, o->common.token, err);
    struct cert *leaf = ok ? find_leaf(e, &certs) : NULL;
    result->cas = count_cas(&certs);
    if (leaf) {
        struct engine_import how = {.token = o->common.token,
                                    .nickname = o->nickname,
                                    .trust_root = o->trust_root,
                                    .allow_practice = o->practice};
        ok = engine_import(e, leaf, &certs, &how, &result->nickname, err);
        result->subject = cert_subject(leaf);
    } else if (ok && result->cas) {
        ok = engine_practice_allowed(e, certs.v[0], o->practice, err) &&
             certdb_import_chain(e->db, &certs, o->trust_root ? "CT,C,C" : NULL, err);
    } else if (ok) {
        ok = err_fail(err, ERR_FLOW_KEY_LOST, NULL);
    }
    cert_list_release(&certs);
    return ok;
}

static bool import_pkcs12(const struct options *o, struct engine *e, struct bytes file, struct result *result,
                          struct err *err)
{
    struct secret password = SECRET_INIT;
    struct strv nicknames = STRV_INIT;
    bool ok = engine_login(e, o->common.token, err);
    if (ok && o->p12_password_file) {
        ok = secret_read_file(&password, o->p12_password_file, err);
    } else if (ok && o->p12_password_fd >= 0) {
        ok = secret_read_fd(&password, (int)o->p12_password_fd, err);
    } else if (ok) {
        ok = secret_prompt_tty(&password, _("Password of the PKCS#12 file: "), err);
    }
    ok = ok && engine_import_pkcs12(e, o->common.token, file, &password, o->practice, &nicknames, err);
    if (ok && nicknames.n) {
        result->nickname = xstrdup(nicknames.v[0]);
    }
    secret_release(&password);
    strv_release(&nicknames);
    return ok;
}

static void print_result(const struct options *o, const struct result *r)
{
    if (o->common.json) {
        struct json *root = json_new_object();
        json_set_str(root, "nickname", r->nickname);
        json_set_str(root, "subject", r->subject);
        json_set_num(root, "ca-certificates", (double)r->cas);
        json_set_str(root, "proof", r->nickname && !o->pkcs12 ? "ok" : "none");
        tool_print_json(root);
        return;
    }
    if (r->nickname) {
        printf(_("Stored as    %s\n"), r->nickname);
    }
    if (r->nickname && !o->pkcs12) {
        printf("%s\n", _("proof: ok"));
    }
    if (r->cas) {
        printf(ngettext("%zu CA certificate\n", "%zu CA certificates\n", r->cas), r->cas);
    }
}

int tool_import(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT, .p12_password_fd = -1};
    const struct opt table[] = {
        TOOL_OPT_DB(o.common),
        {OPT_FLAG, "create", 0, NULL, N_("Create the database when it is not there."), &o.create, NULL, 0, 0},
        TOOL_OPT_PASSWORD(o.common),
        {OPT_STR, "nickname", 'n', N_("NAME"), N_("Nickname for the certificate (default: made from its subject)."),
         &o.nickname, NULL, 0, 0},
        {OPT_FLAG, "trust-root", 0, NULL,
         N_("Trust the root of the chain as a CA: only after comparing its fingerprint."), &o.trust_root, NULL, 0, 0},
        {OPT_FLAG, "pkcs12", 0, NULL, N_("The file is PKCS#12 (key, certificate and chain)."), &o.pkcs12, NULL, 0, 0},
        {OPT_STR, "pkcs12-password-file", 0, N_("FILE"), N_("Read the PKCS#12 file's password from this file."),
         &o.p12_password_file, NULL, 0, 0},
        {OPT_INT, "pkcs12-password-fd", 0, N_("N"), N_("Read it from this file descriptor."), &o.p12_password_fd, NULL,
         0, 65535},
        {OPT_FLAG, "practice", 0, NULL, N_("Allow a practice CA's certificate in a real database."), &o.practice, NULL,
         0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {"cmc import", N_("[OPTION]... FILE"),
                                    N_("Stores certificates (PEM, DER, PKCS#7 in any order) or a PKCS#12 file, and "
                                       "proves that the certificate works with its key."),
                                    NULL};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    struct engine engine;
    struct secrets *secrets = tool_secrets(&o.common);
    struct buf file = BUF_INIT(BUF_MAX_MESSAGE);
    struct result result = {0};
    engine_init(&engine, secrets);
    bool ok = argc - rest == 1 || err_fail(&err, ERR_USAGE, "%s", _("Name one file to import."));
    ok = ok && tool_read(argv[rest], &file, &err) &&
         engine_open_db(&engine, o.common.dbdir ? o.common.dbdir : ".", true, o.create, &err);
    ok = ok && (o.pkcs12 ? import_pkcs12 : import_certs)(&o, &engine, buf_peek(&file), &result, &err);
    if (ok) {
        print_result(&o, &result);
    }
    free(result.nickname);
    free(result.subject);
    buf_release(&file);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
