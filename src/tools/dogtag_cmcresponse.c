/* SPDX-License-Identifier: Apache-2.0 */
/* CMCResponse: what Dogtag's tool prints, in its layout; but the signature is checked, and exit 0 means success. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/when.h"
#include "cmc/response.h"
#include "cmc/trust.h"
#include "flow/engine.h"
#include "nss/certdb.h"
#include "nss/nssdb.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/tool.h"

#define TOOL "CMCResponse"

struct options {
    char here[2], *dir, *input, *output;
    bool verbose, help, no_verify;
};

static void usage(void)
{
    printf("usage: CMCResponse [OPTIONS..]\n"
           " -d <path>      NSS database location (defaults to '.')\n"
           "    --help      Show help message.\n"
           " -i <path>      Input file with the CMC response in binary format\n"
           " -o <path>      Output file for the certificates, as PKCS #7 in PEM\n"
           " -v,--verbose   Print each certificate in base64 as well\n"
           "    --no-verify Do not check the signature of the response\n");
}

static bool parse(struct options *o, int argc, char **argv, struct err *err)
{
    *o = (struct options){.here = "."};
    o->dir = o->here;
    const struct dogtag_arg rows[] = {{"-d", &o->dir, NULL},
                                      {"-i", &o->input, NULL},
                                      {"-o", &o->output, NULL},
                                      {"-v", NULL, &o->verbose},
                                      {"--verbose", NULL, &o->verbose},
                                      {"--help", NULL, &o->help},
                                      {"--no-verify", NULL, &o->no_verify}};
    int bad = 0;
    if (dogtag_cli_args(TOOL, rows, ARRAY_LEN(rows), argc, argv, &bad)) {
        return true;
    }
    char *shown = text_visible_str(argv[bad]);
    err_fail(err, ERR_USAGE, "Unrecognized option, or its argument is missing: %s", shown);
    free(shown);
    return false;
}

/* ---- database and trust ---- */

/* Without a database in the current folder the answer is shown all the same; Dogtag's tool would make an empty one. */
static bool open_db(const struct options *o, struct engine *e, bool *has_db, struct err *err)
{
    char *file = path_join(strncmp(o->dir, "sql:", 4) == 0 ? o->dir + 4 : o->dir, "cert9.db");
    *has_db = file_exists(file) || strcmp(o->dir, ".") != 0;
    free(file);
    if (*has_db) {
        return engine_open_db(e, o->dir, false, false, err);
    }
    e->db = nssdb_open(NULL, NSSDB_NONE, NULL, err);
    return e->db != NULL;
}

static bool has_trusted_ca(struct nssdb *db)
{
    struct certdb_entry *list = NULL;
    size_t n = 0;
    bool found = false;
    if (certdb_list(db, NULL, &list, &n, NULL)) {
        for (size_t i = 0; !found && i < n; i++) {
            found = certdb_is_trusted_ca(db, list[i].cert);
        }
        certdb_entries_free(list, n);
    }
    return found;
}

/* A wrong signature, and none where one is due, is always refused. Whose it is, and whose certificates without one are,
 * can be judged only when the database trusts some CA. */
static bool check_signature(struct engine *e, const struct cmc_response *r, bool has_db, struct err *err)
{
    if (r->kind == CMC_FULL && r->sd.n_signers == 0) {
        return err_fail(err, ERR_TRUST_UNSIGNED, NULL);
    }
    if (!has_db || !has_trusted_ca(e->db)) {
        const struct cert *signer = NULL;
        bool ok = true;
        for (size_t i = 0; ok && i < r->sd.n_signers; i++) {
            ok = signeddata_verify(&r->sd, i, BYTES_NONE, &signer, err);
        }
        if (ok) {
            fprintf(stderr, "%s: warning: no trusted CA in the database %s: who signed the response was not checked\n",
                    TOOL, e->db_dir ? e->db_dir : "(none)");
        }
        return ok;
    }
    struct cmc_expect expect = {.db = e->db, .at = e->at ? e->at : when_now()};
    struct cert_list issued = CERT_LIST_INIT;
    bool ok = cmc_response_trust(r, &expect, &issued, err);
    cert_list_release(&issued);
    return ok;
}

/* ---- output ---- */

static void print_certs(const struct options *o, const struct cmc_response *r)
{
    for (size_t i = 0; o->verbose && i < r->sd.certs.n; i++) {
        printf("Cert:%zu\n", i);
        if (!dogtag_print_base64(stdout, cert_der(r->sd.certs.v[i]))) {
            printf("?");
        }
        printf("\n===\n");
    }
    printf("Certificates: \n");
    for (size_t i = 0; i < r->sd.certs.n; i++) {
        java_cert_print(stdout, r->sd.certs.v[i]);
    }
    printf("\n\n");
}

static bool store(const struct options *o, const struct cmc_response *r, struct err *err)
{
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE * 2);
    bool ok = dogtag_pem(buf_peek(&r->sd.der), "PKCS7", &text) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && file_write(o->output, buf_peek(&text), 0644, err);
    buf_release(&text);
    if (ok) {
        printf("\nPKCS#7 now stored in file: %s\n", o->output);
    }
    return ok;
}

/* "ERROR: CMC status for [1]: pop required", then our explanation. */
static int say_status(const struct cmc_response *r)
{
    struct err err = ERR_INIT;
    if (!cmc_response_error(r, NULL, &err)) {
        return 0;
    }
    fflush(stdout);
    if (r->n_statuses) {
        const struct cmc_status *s = &r->statuses[r->decisive];
        const char *word = cmc_status_dogtag(s->status);
        fprintf(stderr, "ERROR: CMC status for [");
        for (size_t i = 0; i < s->n_body; i++) {
            fprintf(stderr, "%s%u", i ? ", " : "", s->body[i].n ? s->body[i].id[s->body[i].n - 1] : 0);
        }
        if (word) {
            fprintf(stderr, "]: %s\n", word);
        } else {
            fprintf(stderr, "]: %d\n", s->status);
        }
    }
    return dogtag_fail(TOOL, &err);
}

static int show(const struct options *o, struct engine *e, bool has_db, const struct cmc_response *r, struct err *err)
{
    print_certs(o, r);
    if (r->kind == CMC_FULL) {
        dogtag_print_controls(stdout, r, "");
        printf("CMC Full Response.\n");
    } else {
        printf("CMC Simple Response.\n");
    }
    if (!o->no_verify && !check_signature(e, r, has_db, err)) {
        return dogtag_fail(TOOL, err);
    }
    int code = say_status(r);
    if (code == 0 && o->output && !store(o, r, err)) {
        return dogtag_fail(TOOL, err);
    }
    return code;
}

/* Something signed that is no response: whose certificates are in it is said, as Dogtag's tool does. */
static void say_not_response(const struct options *o, struct bytes raw, const struct err *err)
{
    struct cmc_response r = {0};
    struct err ignored = ERR_INIT;
    if (err->code == ERR_CMC_NOT_RESPONSE && signeddata_parse(raw, &r.sd, &ignored)) {
        print_certs(o, &r);
        printf("Invalid CMC Response Format\n");
        signeddata_release(&r.sd);
    }
    err_release(&ignored);
}

int dogtag_cmcresponse(int argc, char **argv)
{
    struct options o;
    struct err err = ERR_INIT;
    if (!parse(&o, argc, argv, &err)) {
        return dogtag_fail(TOOL, &err);
    }
    if (o.help) {
        usage();
        return 1; /* as Dogtag's tool */
    }
    if (!o.input) {
        fprintf(stderr, "ERROR: Missing input CMC response\nTry 'CMCResponse --help' for more information.\n");
        return 1;
    }
    struct engine engine;
    struct buf raw = BUF_INIT(BUF_MAX_MESSAGE);
    struct cmc_response r;
    bool has_db = false;
    engine_init(&engine, NULL);
    bool ok = open_db(&o, &engine, &has_db, &err) && file_read(o.input, &raw, &err) &&
              (raw.len > 0 || err_fail(&err, ERR_FILE_EMPTY, "%s", o.input)) &&
              cmc_response_parse(buf_peek(&raw), &r, &err);
    if (!ok) {
        say_not_response(&o, buf_peek(&raw), &err);
    }
    int code = ok ? show(&o, &engine, has_db, &r, &err) : dogtag_fail(TOOL, &err);
    if (ok) {
        cmc_response_release(&r);
    }
    buf_release(&raw);
    engine_release(&engine);
    return code;
}
