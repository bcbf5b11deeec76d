/* SPDX-License-Identifier: Apache-2.0 */
/* CMCEnroll: a PKCS#10 request signed by an agent, base64 for a web form. As Dogtag's tool, but with SHA-256: the CMC goes to the
 * file, the PKCS#10 to standard output. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/strv.h"
#include "cfg/cfg.h"
#include "flow/engine.h"
#include "nss/csr.h"
#include "nss/pem.h"
#include "tools/dogtag.h"
#include "tools/dogtag_args.h"
#include "tools/tool.h"

#define TOOL "CMCEnroll"

struct options {
    char *dir, *nickname, *request, *password;
};

static bool fill(struct cfg *cfg, const struct options *o, struct err *err)
{
    struct strv inputs = STRV_INIT;
    strv_push(&inputs, o->request);
    cfg_set_int(cfg, CFG_NUM_REQUESTS, 1);
    cfg_set_bool(cfg, CFG_SENDER_NONCE_ENABLE, true);
    cfg_set_bool(cfg, CFG_TRANSACTION_ENABLE, true);
    bool ok = cfg_set_list(cfg, CFG_INPUT, &inputs, err) && cfg_set(cfg, CFG_NICKNAME, o->nickname, err) &&
              cfg_set(cfg, CFG_DBDIR, o->dir, err) && cfg_set(cfg, CFG_FORMAT, "pkcs10", err);
    strv_release(&inputs);
    return ok;
}

/* FILE.out as Dogtag's tool writes it: no end of line behind the last armour line. */
static bool write_message(const struct options *o, struct bytes der, struct err *err)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    char *output = xasprintf("%s.out", o->request);
    bool ok = dogtag_pem(der, "CERTIFICATE REQUEST", &pem) || err_fail(err, ERR_INTERNAL, NULL);
    ok = ok && file_write(output, BYTES(pem.data, pem.len - 1), 0600, err);
    free(output);
    buf_release(&pem);
    return ok;
}

/* The PKCS#10 on one line, as it went in. */
static bool print_pkcs10(const struct options *o, struct err *err)
{
    struct buf raw = BUF_INIT(BUF_MAX_TEXT), text = BUF_INIT(BUF_MAX_TEXT);
    struct csr csr;
    bool parsed = file_read(o->request, &raw, err) && csr_parse(buf_peek(&raw), &csr, err);
    bool ok = parsed && (base64_encode(buf_peek(&csr.der), 0, false, &text) || err_fail(err, ERR_INTERNAL, NULL));
    if (ok) {
        printf("-----BEGIN CERTIFICATE REQUEST-----\n%s-----END CERTIFICATE REQUEST-----\n", buf_str(&text));
    }
    if (parsed) {
        csr_release(&csr);
    }
    buf_release(&raw);
    buf_release(&text);
    return ok;
}

static bool make(const struct options *o, struct engine *e, struct err *err)
{
    struct cfg cfg;
    struct engine_request request;
    cfg_init(&cfg, CFG_REQUEST);
    bool ok = fill(&cfg, o, err) && engine_build(e, &cfg, &request, err);
    if (ok) {
        ok = write_message(o, buf_peek(&request.der), err) && print_pkcs10(o, err);
        engine_request_release(&request);
    }
    cfg_release(&cfg);
    return ok;
}

static void say(void *ctx, const char *event, const char *text)
{
    (void)ctx;
    if (strcmp(event, "database") == 0) {
        printf("cert/key prefix = \npath = %s\n", text);
    }
}

int dogtag_cmcenroll(int argc, char **argv)
{
    struct options o = {0};
    struct engine engine;
    engine_init(&engine, NULL);
    const struct dogtag_arg rows[] = {
        {"-d", &o.dir, NULL}, {"-n", &o.nickname, NULL}, {"-r", &o.request, NULL}, {"-p", &o.password, NULL},
        {"--sha1", NULL, &engine.sha1}};
    struct err err = ERR_INIT;
    int at = 0;
    if (!dogtag_args(rows, ARRAY_LEN(rows), argc, argv, &at) || !o.dir || !o.nickname || !o.request || !o.password) {
        printf("Wrong number of parameters:%d\n"
               "Usage:  CMCEnroll -d <NSS database folder> -n <nickname> -r <PKCS#10 request file> -p <password> [--sha1]\n",
               argc - 1);
        err_fail(&err, ERR_USAGE, "-d, -n, -r and -p are needed.");
        return dogtag_fail(TOOL, &err);
    }
    struct secrets *secrets = secrets_new(NULL, NULL);
    engine.secrets = secrets;
    engine.dogtag = true;
    engine.no_output = true;
    engine.requests_first = true;
    engine.say = say;
    dogtag_take_password(secrets, o.password);
    bool ok = make(&o, &engine, &err);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? 0 : dogtag_fail(TOOL, &err);
}
