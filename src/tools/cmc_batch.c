/* SPDX-License-Identifier: Apache-2.0 */
/* cmc batch DIR|LIST: many enrollments by one agent. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "cfg/cfg.h"
#include "cfg/profiles.h"
#include "flow/batch.h"
#include "nss/pem.h"
#include "tools/tool.h"

#define TICK_MS 100

struct options {
    struct tool_options common;
    const char *cfg, *host, *profile, *servlet, *nickname, *output, *proxy, *chain;
    long port, jobs, timeout;
    bool resend, with_chain, insecure;
};

/* What is told while it runs. */
struct teller {
    bool json, bar; /* bar: standard error is a terminal */
    bool bar_is_there;
    int64_t start, last; /* monotonic ms */
    enum exit_code first_failure;
};

/* ---- progress ---- */

static int columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void bar_clear(struct teller *t)
{
    if (t->bar_is_there) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        t->bar_is_there = false;
    }
}

static size_t failures(const struct batch_counts *c)
{
    return c->by_state[BATCH_FAILED] + c->by_state[BATCH_DOUBT] + c->by_state[BATCH_NOT_TRIED];
}

static char *time_left(const struct batch_counts *c, double rate)
{
    if (rate <= 0) {
        return xstrdup("--:--");
    }
    long s = (long)((double)(c->total - c->done) / rate + 0.5);
    return s >= 3600 ? xasprintf("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60)
                     : xasprintf("%02ld:%02ld", s / 60, s % 60);
}

static void bar_draw(struct teller *t, const struct batch_counts *c, int64_t now)
{
    double seconds = (double)(now - t->start) / 1000;
    size_t sent = c->done - c->by_state[BATCH_KEPT];
    double rate = seconds > 0 ? (double)sent / seconds : 0;
    char *left = time_left(c, rate);
    /* TRANSLATORS: progress of many requests, at most 60 columns: done, all, per second, minutes and seconds left,
     * failed */
    char *text = xasprintf(_("%zu of %zu, %.0f/s, %s left, %zu failed"), c->done, c->total, rate, left, failures(c));
    int room = columns() - text_width(text) - 5;
    room = room > 40 ? 40 : room;
    int full = room > 0 && c->total ? (int)((size_t)room * c->done / c->total) : 0;
    fputs("\r", stderr);
    if (room >= 5) {
        fputs("[", stderr);
        for (int i = 0; i < room; i++) {
            fputc(i < full ? '#' : '-', stderr);
        }
        fputs("] ", stderr);
    }
    fprintf(stderr, "%s\033[K", text);
    fflush(stderr);
    t->bar_is_there = true;
    free(text);
    free(left);
}

static void on_tick(void *ctx, const struct batch_counts *counts)
{
    struct teller *t = ctx;
    int64_t now = when_monotonic_ms();
    if (t->bar && now - t->last >= TICK_MS) {
        t->last = now;
        bar_draw(t, counts, now);
    }
}

/* ---- results ---- */

static void print_line(struct json *taken)
{
    char *text = json_print(taken, false);
    puts(text);
    free(text);
    json_free(taken);
}

static void result_json(const struct batch_result *r)
{
    struct json *root = json_new_object();
    char *input = text_visible_str(r->input);
    json_set_num(root, "version", 1);
    json_set_str(root, "type", "result");
    json_set_num(root, "index", (double)r->index);
    json_set_str(root, "input", input);
    json_set_str(root, "state", batch_state_name(r->state));
    json_set_str(root, "subject", r->subject);
    json_set_str(root, "output", r->output);
    json_set_str(root, "serial", r->serial);
    if (r->not_after) {
        char *until = when_rfc3339(r->not_after);
        json_set_str(root, "not-after", until);
        free(until);
    }
    if (r->err) {
        json_set_take(root, "error", tool_error_json(r->err));
    }
    print_line(root);
    free(input);
}

static const char *state_text(enum batch_state state)
{
    /* TRANSLATORS: at most 12 columns each; first word of a line about one request */
    static const char *const texts[BATCH_STATES] = {
        [BATCH_ISSUED] = N_("issued"), [BATCH_FOUND] = N_("found"),    [BATCH_KEPT] = N_("kept"),
        [BATCH_FAILED] = N_("FAILED"), [BATCH_DOUBT] = N_("IN DOUBT"), [BATCH_NOT_TRIED] = N_("not tried"),
    };
    return _(texts[state]);
}

static void result_text(const struct batch_result *r)
{
    char *input = text_visible_str(r->input);
    const char *word = state_text(r->state);
    int pad = 13 - text_width(word);
    printf("%s%*s %s", word, pad > 0 ? pad : 0, "", input);
    if (r->output) {
        printf("  %s  %s\n", r->serial, r->output);
    } else {
        printf("\n%14s%s [%s]\n", "", err_what(r->err->code), err_id(r->err->code));
        for (int i = 0; i < r->err->n_context; i++) {
            printf("%14s%s\n", "", r->err->context[i]);
        }
    }
    free(input);
}

static void on_result(void *ctx, const struct batch_result *r)
{
    struct teller *t = ctx;
    if (r->err && !t->first_failure) {
        t->first_failure = err_exit(r->err->code);
    }
    bar_clear(t);
    (t->json ? result_json : result_text)(r);
    fflush(stdout);
    t->last = 0; /* the bar comes back at once */
}

static void summary(struct teller *t, const struct batch_counts *c)
{
    double seconds = (double)(when_monotonic_ms() - t->start) / 1000;
    size_t good = c->total - failures(c);
    bar_clear(t);
    if (!t->json) {
        char *took = text_decimal(seconds, 1);
        printf(ngettext("%zu request: %zu with a certificate, %zu without, %s seconds.\n",
                        "%zu requests: %zu with a certificate, %zu without, %s seconds.\n", c->total),
               c->total, good, failures(c), took);
        free(took);
        return;
    }
    struct json *root = json_new_object();
    json_set_num(root, "version", 1);
    json_set_str(root, "type", "summary");
    json_set_num(root, "total", (double)c->total);
    for (int i = 0; i < BATCH_STATES; i++) {
        json_set_num(root, batch_state_name((enum batch_state)i), (double)c->by_state[i]);
    }
    json_set_num(root, "seconds", seconds);
    print_line(root);
}

/* ---- what to do ---- */

static bool set_text(struct cfg *cfg, enum cfg_key_id id, const char *value, struct err *err)
{
    return !value || cfg_set(cfg, id, value, err);
}

static bool set_servlet(const struct options *o, struct cfg *cfg, struct err *err)
{
    if (o->servlet || !o->profile) {
        return set_text(cfg, CFG_SERVLET, o->servlet, err);
    }
    char *servlet = profile_servlet_url(o->profile, PROFILE_AUTH_AGENT);
    bool ok = cfg_set(cfg, CFG_SERVLET, servlet, err);
    free(servlet);
    return ok;
}

/* The options win over the file. Without a file: TLS, and the agent shows its certificate. */
static bool make_cfg(const struct options *o, struct cfg *cfg, struct err *err)
{
    bool ok = !o->cfg || cfg_read(cfg, o->cfg, err);
    if (!ok) {
        return false;
    }
    if (!cfg_get(cfg, CFG_SECURE)) {
        cfg_set_bool(cfg, CFG_SECURE, true);
    }
    if (!cfg_get(cfg, CFG_CLIENTMODE)) {
        cfg_set_bool(cfg, CFG_CLIENTMODE, true);
    }
    if (o->port || !cfg_get(cfg, CFG_PORT)) {
        cfg_set_int(cfg, CFG_PORT, o->port ? o->port : 8443);
    }
    const char *dir = cfg_get(cfg, CFG_DBDIR);
    return set_text(cfg, CFG_HOST, o->host, err) && set_servlet(o, cfg, err) &&
           set_text(cfg, CFG_NICKNAME, o->nickname, err) && set_text(cfg, CFG_TOKENNAME, o->common.token, err) &&
           set_text(cfg, CFG_DBDIR,
                    o->common.dbdir ? o->common.dbdir
                    : dir           ? dir
                                    : ".",
                    err);
}

static enum exit_code code_of(const struct batch_counts *c, const struct teller *t)
{
    size_t bad = failures(c);
    if (bad == 0) {
        return EXIT_DONE;
    }
    return bad < c->total ? EXIT_SOME : t->first_failure;
}

static int run(const struct options *o, const char *from, struct err *err)
{
    struct cfg cfg;
    struct engine engine;
    struct batch_counts counts = {0};
    struct strv names = STRV_INIT;
    struct cert_list pinned = CERT_LIST_INIT;
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    struct secrets *secrets = tool_secrets(&o->common);
    struct teller teller = {.json = o->common.json, .bar = isatty(STDERR_FILENO) != 0, .start = when_monotonic_ms()};
    const struct batch_hooks hooks = {on_result, on_tick, &teller};
    cfg_init(&cfg, CFG_HTTP);
    engine_init(&engine, secrets);
    bool ok = make_cfg(o, &cfg, err) && batch_names(from, &names, err) &&
              (!o->chain || (file_read(o->chain, &pem, err) && pem_decode_all(buf_peek(&pem), &pinned, err)));
    const struct batch_options options = {.out_dir = o->output,
                                          .jobs = (int)o->jobs,
                                          .resend = o->resend,
                                          .with_chain = o->with_chain,
                                          .submit = {.proxy = o->proxy,
                                                     .user = o->common.http_user,
                                                     .pinned = pinned.n ? &pinned : NULL,
                                                     .insecure = o->insecure,
                                                     .timeout_ms = (int)o->timeout * 1000}};
    if (ok && o->insecure) {
        fprintf(stderr, "%s\n", tool_insecure_text(cfg_bool(&cfg, CFG_SECURE)));
    }
    ok = ok && batch_run(&engine, &cfg, &names, &options, &hooks, &counts, err);
    if (ok) {
        summary(&teller, &counts);
    }
    strv_release(&names);
    cert_list_release(&pinned);
    buf_release(&pem);
    cfg_release(&cfg);
    engine_release(&engine);
    secrets_free(secrets);
    return ok ? (int)code_of(&counts, &teller) : -1;
}

int tool_batch(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT, .timeout = 60, .jobs = 4};
    const struct opt table[] = {
        {OPT_STR, "output", 'o', N_("DIR"), N_("Folder for the certificates: NAME.csr becomes NAME.pem."), &o.output,
         NULL, 0, 0},
        {OPT_INT, "jobs", 'j', N_("N"), N_("Connections at the same time (default 4)."), &o.jobs, NULL, 1,
         BATCH_JOBS_MAX},
        {OPT_FLAG, "resend", 0, NULL, N_("Send again what an earlier run sent and the CA knows no certificate for."),
         &o.resend, NULL, 0, 0},
        {OPT_FLAG, "with-chain", 0, NULL, N_("Write the CA's chain behind each certificate."), &o.with_chain, NULL, 0,
         0},
        {OPT_HEADING, NULL, 0, NULL, N_("Where to, and who signs:"), NULL, NULL, 0, 0},
        {OPT_STR, "cfg", 'c', N_("CFG"),
         N_("HttpClient .cfg file with these settings; its input and output are not used."), &o.cfg, NULL, 0, 0},
        {OPT_STR, "host", 0, N_("HOST"), N_("Name of the CA's computer."), &o.host, NULL, 0, 0},
        {OPT_INT, "port", 0, N_("PORT"), N_("Its port (default 8443)."), &o.port, NULL, 1, 65535},
        {OPT_STR, "profile", 0, N_("ID"), N_("Profile at the CA, e.g. caCMCserverCert."), &o.profile, NULL, 0, 0},
        {OPT_STR, "servlet", 0, N_("PATH"), N_("Path at the CA, instead of --profile."), &o.servlet, NULL, 0, 0},
        {OPT_STR, "nickname", 'n', N_("NAME"), N_("The agent's certificate."), &o.nickname, NULL, 0, 0},
        TOOL_OPT_DB(o.common),
        TOOL_OPT_PASSWORD(o.common),
        TOOL_OPT_LOGIN(o.common),
        {OPT_STR, "proxy", 0, N_("URL"), N_("Go through this HTTP proxy (http://HOST:PORT)."), &o.proxy, NULL, 0, 0},
        {OPT_STR, "chain", 0, N_("FILE"), N_("PEM file of the CA certificates that the server must belong to."),
         &o.chain, NULL, 0, 0},
        {OPT_INT, "timeout", 0, N_("SECONDS"), N_("Give up a request after this time."), &o.timeout, NULL, 1, 3600},
        {OPT_FLAG, "insecure-i-know", 0, NULL, TOOL_INSECURE_HELP, &o.insecure, NULL, 0, 0},
        {OPT_FLAG, "json", 0, NULL, N_("Print one line of JSON for each request, and one at the end."), &o.common.json,
         NULL, 0, 0},
    };
    const struct opt_usage usage = {"cmc batch", N_("[OPTION]... -o DIR FOLDER|LIST"),
                                    N_("Enrolls many certificate requests (PKCS#10 or CRMF) with an agent's signature. "
                                       "LIST has one file name in each line; "
                                       "- is standard input."),
                                    N_("It can be stopped at any time and run again: nothing is sent twice. Exit code: "
                                       "0 all have a certificate, 8 some "
                                       "have, else the code of the first failure.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    if (argc - rest != 1 || !o.output) {
        err_fail(&err, ERR_USAGE, "%s",
                 o.output ? _("Name one folder, or one file with names.")
                          : _("Name the folder for the certificates with -o."));
        return tool_fail(usage.program, &err, o.common.json);
    }
    code = run(&o, argv[rest], &err);
    return code < 0 ? tool_fail(usage.program, &err, o.common.json) : code;
}
