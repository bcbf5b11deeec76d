/* SPDX-License-Identifier: Apache-2.0 */
/* HttpClient: sends a file as the body of a POST, and stores the CMC message that comes back. */
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
#include "tools/dogtag.h"
#include "tools/tool.h"

#define TOOL "HttpClient"

static int usage_fail(struct err *err)
{
    dogtag_usage(TOOL, CFG_HTTP);
    return dogtag_fail(TOOL, err);
}

/* The keys in the order in which Dogtag's tool asks for them. */
static bool missing(const struct cfg *cfg, struct err *err)
{
    static const struct dogtag_missing always[] = {
        {CFG_HOST, "Missing host name."},
        {CFG_PORT, "Missing port number."},
        {CFG_SERVLET, "Missing servlet name."},
        {CFG_INPUT, "Missing input filename for the enrollment request."},
        {CFG_OUTPUT, "Missing output filename for the enrollment response."},
        {CFG_SECURE, "Missing secure: true or false."},
    };
    static const struct dogtag_missing tls[] = {{CFG_DBDIR, "Missing directory name for the cert7.db."}};
    static const struct dogtag_missing client[] = {{CFG_PASSWORD, "Missing password."},
                                                   {CFG_NICKNAME, "Missing nickname."}};
    if (dogtag_say_missing(cfg, always, ARRAY_LEN(always)) ||
        (cfg_bool(cfg, CFG_SECURE) && dogtag_say_missing(cfg, tls, ARRAY_LEN(tls))) ||
        (cfg_bool(cfg, CFG_SECURE) && cfg_bool(cfg, CFG_CLIENTMODE) &&
         dogtag_say_missing(cfg, client, ARRAY_LEN(client)))) {
        return err_fail(err, ERR_CFG_REQUIRED, "The line that is missing is named on standard output.");
    }
    return true;
}

/* Header lines as they came, each made visible, without the empty one at their end. */
static void print_headers(const struct submit *s)
{
    struct bytes rest = submit_headers(s);
    printf("\n##Response Headers begin##\n");
    while (rest.len) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.data) : rest.len;
        size_t shown_len = len && rest.data[len - 1] == '\r' ? len - 1 : len;
        if (shown_len) {
            char *line = text_visible(BYTES(rest.data, shown_len));
            printf("%s\n", line);
            free(line);
        }
        len += end ? 1 : 0;
        rest = BYTES(rest.data + len, rest.len - len);
    }
    printf("##end##\n\n");
}

static int answer(const struct cfg *cfg, struct submit *s, struct err *err)
{
    print_headers(s);
    if (!submit_finish(s, err)) {
        return dogtag_fail(TOOL, err);
    }
    struct bytes body = submit_body(s);
    printf("Total number of bytes read = %zu\n", body.len);
    bool ok = dogtag_print_base64(stdout, body);
    printf("\n\nThe response in binary format is stored in %s\n\n", cfg_get(cfg, CFG_OUTPUT));
    return ok ? 0 : 1;
}

static int run(struct engine *e, const struct cfg *cfg, struct err *err)
{
    struct submit_options options = {.other_subject = true}; /* as Dogtag's: the CA decides */
    struct submit *s = submit_start(e, cfg, &options, err);
    if (!s) {
        return dogtag_fail(TOOL, err);
    }
    printf("Total number of bytes read = %zu\n", submit_body_size(s));
    enum submit_state state;
    do {
        state = submit_poll(s, 1000, err);
    } while (state == SUBMIT_RUNNING);
    bool tls = cfg_bool(cfg, CFG_SECURE), reached = submit_server_chain(s)->n > 0 || state == SUBMIT_DONE;
    if (tls) {
        const char *token = cfg_get_or_default(cfg, CFG_TOKENNAME);
        printf("after SSLSocket created, thread token is %s\n",
               cfg_token_is_internal(token) ? "Internal Key Storage Token" : token);
    }
    if (tls && reached && state == SUBMIT_DONE) {
        printf("%shandshake happened\n", cfg_bool(cfg, CFG_CLIENTMODE) ? "client cert is not null\n" : "");
    }
    if (state == SUBMIT_DONE) {
        printf("writing to socket\n");
    }
    int code = state == SUBMIT_DONE ? answer(cfg, s, err) : dogtag_fail(TOOL, err);
    submit_free(s);
    return code;
}

int dogtag_httpclient(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct cfg cfg;
    if (argc != 2) {
        printf("\nWrong number of parameters:%d\n", argc - 1);
        err_fail(&err, ERR_USAGE, "Name exactly one configuration file.");
        return usage_fail(&err);
    }
    struct secrets *secrets = secrets_new(NULL, NULL);
    struct engine engine;
    cfg_init(&cfg, CFG_HTTP);
    engine_init(&engine, secrets);
    int code;
    if (!cfg_read(&cfg, argv[1], &err)) {
        code = dogtag_fail(TOOL, &err);
    } else {
        printf("\n");
        code = missing(&cfg, &err) ? -1 : usage_fail(&err);
    }
    if (code < 0) {
        code = run(&engine, &cfg, &err);
    }
    engine_release(&engine);
    secrets_free(secrets);
    cfg_release(&cfg);
    return code;
}
