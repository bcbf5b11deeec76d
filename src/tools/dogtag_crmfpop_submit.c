/* SPDX-License-Identifier: Apache-2.0 */
/* CRMFPopClient -m: the request goes to the CA's form for end entities, over plain HTTP and without CMC, as Dogtag's
 * tool sends it. Nothing in it is secret: a key for the KRA is encrypted. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "flow/engine.h"
#include "flow/serial.h"
#include "net/carest.h"
#include "tools/dogtag_args.h"
#include "tools/dogtag_crmfpop.h"
#include "tools/tool.h"

#define HTTP_PORT 80

static bool find_url(const char *host_port, const char *path, struct ca_url *url, struct err *err)
{
    const char *colon = strrchr(host_port, ':');
    int port = HTTP_PORT;
    char *host = colon ? xstrndup(host_port, (size_t)(colon - host_port)) : xstrdup(host_port);
    bool ok = (!colon || dogtag_number(colon + 1, 1, 65535, &port) || err_fail(err, ERR_NET_URL, "-m %s", host_port)) &&
              ca_url_make(false, host, port, path, url, err);
    free(host);
    return ok;
}

static bool ask_wrap(struct engine *e, const char *host, enum wrap_alg *alg, struct err *err)
{
    struct net_options options = {.proxy = NULL};
    struct ca_url url = {.port = 0};
    struct ca_info info = {NULL};
    struct carest *rest = NULL;
    bool ok = find_url(host, "/", &url, err) && (rest = carest_open(&options, e->db, NULL, &url, err)) != NULL &&
              carest_start(rest, CAREST_INFO, NULL, err) && carest_finish(rest, err) &&
              carest_take_info(rest, &info, err);
    if (ok && !wrap_alg_by_name(info.key_wrap_algorithm, alg)) {
        char *shown = text_visible_str(info.key_wrap_algorithm);
        ok = err_fail(err, ERR_USAGE, "The CA wants keys to be wrapped in an unknown way: %s", shown);
        free(shown);
    }
    ca_info_release(&info);
    carest_close(rest);
    ca_url_release(&url);
    return ok;
}

/* name=value, encoded as forms are. */
static void add_field(struct buf *form, const char *name, const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*";
    buf_add(form, "%s%s=", form->len ? "&" : "", name);
    for (const char *c = value; *c; c++) {
        if (strchr(plain, *c)) {
            buf_add(form, "%c", *c);
        } else {
            buf_add(form, "%%%02X", (unsigned char)*c);
        }
    }
}

static void make_form(const struct crmfpop_submission *s, struct buf *form)
{
    const struct {
        const char *name, *value;
    } rows[] = {
        {"cert_request_type", "crmf"},   {"cert_request", s->request}, {"renewal", "false"}, {"xmlOutput", "false"},
        {"profileId", s->profile},       {"SubId", "profile"},         {"uid", s->user},     {"sn_uid", s->user},
        {"requestor_name", s->requestor}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].value) {
            add_field(form, rows[i].name, rows[i].value);
        }
    }
}

/* The answer is a page with a script: NAME="VALUE"; at the beginning of a line. NULL when there is none. */
static char *variable(const char *page, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = page; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, len) == 0 && line[len] == '=' && line[len + 1] == '"') {
            const char *value = line + len + 2, *end = strstr(value, "\";");
            return end && !memchr(value, '\n', (size_t)(end - value)) ? xstrndup(value, (size_t)(end - value)) : NULL;
        }
    }
    return NULL;
}

static void print_id(const char *id)
{
    struct buf octets = BUF_INIT(256);
    if (serial_parse(id, &octets, NULL)) {
        char *hex = bytes_hex(buf_peek(&octets));
        const char *digits = hex + strspn(hex, "0");
        printf("Request ID: 0x%s\n", *digits ? digits : "0");
        free(hex);
    } else {
        char *shown = text_visible_str(id);
        printf("Request ID: %s\n", shown);
        free(shown);
    }
    buf_release(&octets);
}

static void print_page(const char *page)
{
    char *shown = text_visible_lines(bytes_of_str(page));
    printf("--------------------\n%s\n--------------------\n", shown);
    free(shown);
}

/* Dogtag's tool ends with 0 whatever the CA says. */
static bool say_answer(const char *page, struct err *err)
{
    static const char *const states[] = {"completed", "failed", "pending", "rejected"};
    char *id = variable(page, "requestList.requestId"), *code = variable(page, "errorCode"),
         *reason = variable(page, "errorReason");
    int number = -1;
    bool known = code && dogtag_number(code, 0, (long)ARRAY_LEN(states) - 1, &number);
    char *shown = text_visible_str(reason ? reason : "");
    if (id) {
        print_id(id);
    }
    if (code) {
        printf("Request Status: %s\n", known ? states[number] : "unknown");
    }
    if (reason) {
        printf("Reason: %s\n", shown);
    }
    bool ok = (known && (number == 0 || number == 2)) ||
              err_fail(err, ERR_NET_FORM_REFUSED, "%s: %s", known ? states[number] : "unknown", shown);
    free(shown);
    free(reason);
    free(code);
    free(id);
    return ok;
}

static bool submit(struct engine *e, const struct crmfpop_submission *s, struct err *err)
{
    struct net_options options = {.proxy = NULL};
    struct ca_url url = {.port = 0};
    struct buf form = BUF_INIT(BUF_MAX_MESSAGE);
    struct exchange *x = NULL;
    make_form(s, &form);
    bool ok = find_url(s->host, "/ca/ee/ca/profileSubmit", &url, err);
    if (ok && s->verbose) {
        char *text = ca_url_text(&url);
        printf("Opening %s\n", text);
        free(text);
    }
    ok = ok &&
         (x = exchange_start(&options, e->db, NULL, &url, "POST", "application/x-www-form-urlencoded", buf_peek(&form),
                             err)) != NULL &&
         exchange_finish(x, err);
    const struct http_answer *answer = ok ? exchange_answer(x) : NULL;
    if (answer && answer->status != 200) {
        char *line = http_answer_status_line(answer);
        ok = err_fail(err, ERR_NET_FORM_REFUSED, "%s", line);
        free(line);
    } else if (answer) {
        if (s->verbose) {
            print_page(buf_str(&answer->body));
        }
        ok = say_answer(buf_str(&answer->body), err);
    }
    exchange_free(x);
    ca_url_release(&url);
    buf_release(&form);
    return ok;
}

int dogtag_crmfpopclient_net(int argc, char **argv)
{
    static const struct crmfpop_net net = {ask_wrap, submit};
    return crmfpop_main(argc, argv, &net);
}
