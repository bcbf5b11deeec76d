/* SPDX-License-Identifier: Apache-2.0 */
/* cmc renew: the wizard's scenario as one command. A certificate that ends signs the request for its successor. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/stop.h"
#include "base/strv.h"
#include "flow/answers.h"
#include "flow/run.h"
#include "tools/tool.h"

#define PROGRAM "cmc renew"

struct options {
    struct tool_options common;
    const char *nickname, *serial, *profile, *ca, *host, *fingerprint, *proxy, *new_nickname, *key_type, *state_dir;
    long port, size;
    bool same_key, dry_run, practice;
};

struct renewal {
    struct session *session;
    struct secrets *secrets;
    struct run *run;
};

/* ---- answers ---- */

static bool set_answers(const struct options *o, struct session *s, struct err *err)
{
    char *home = path_expand_home(o->common.dbdir ? o->common.dbdir : "."), *dir = path_absolute(home);
    char *port = o->port ? xasprintf("%ld", o->port) : NULL, *size = o->size ? xasprintf("%ld", o->size) : NULL;
    const struct {
        const char *name, *value;
    } answers[] = {
        {"dbdir", dir},
        {"dbdir.create", "false"},
        {"tokenname", o->common.token},
        {"renew.nickname", o->nickname},
        {"renew.serial", o->serial},
        {"renew.samekey", o->same_key ? "true" : NULL},
        {"profile", o->profile},
        {"ca", o->ca},
        {"host", o->host},
        {"port", port},
        {"ca.fingerprint", o->fingerprint},
        {"proxy", o->proxy},
        {"new.nickname", o->new_nickname},
        {"key.type", o->key_type},
        {"key.size", size},
        {"practice.import", o->practice ? "true" : NULL},
    };
    bool ok = true;
    for (size_t i = 0; ok && i < ARRAY_LEN(answers); i++) {
        const struct answer_row *row = answer_row(answers[i].name);
        ok = !answers[i].value || (answer_check(row, answers[i].value, err) &&
                                   session_set_answer(s, answers[i].name, answers[i].value, err));
    }
    free(home);
    free(dir);
    free(port);
    free(size);
    return ok;
}

/* ---- the run ---- */

static bool check_first(struct run *run, struct err *err)
{
    struct preflight found;
    if (!run_preflight(run, &found, err)) {
        return false;
    }
    for (size_t i = 0; i < found.warnings->n; i++) {
        fprintf(stderr, _("warning: %s\n"), found.warnings->v[i]);
    }
    bool ok = preflight_passes(&found, err);
    preflight_release(&found);
    return ok;
}

/* Ctrl-C ends it at the next safe place. A token that waits for a touch cannot be interrupted, and has the run to itself: then the
 * program leaves as if it had been killed, which loses nothing. */
static bool carry_out(const struct options *o, struct renewal *r, struct err *err)
{
    enum run_state state;
    stop_block();
    do {
        if (stop_is_wanted()) {
            run_cancel(r->run);
        }
        state = run_poll(r->run, 200, err);
    } while (state == RUN_WORKING);
    if (state == RUN_DONE) {
        return true;
    }
    err_context(err, _("It is saved: cmc-wizard --resume %s goes on with it."), r->session->id);
    if (run_is_busy(r->run)) {
        int code = tool_fail(PROGRAM, err, o->common.json);
        fflush(NULL);
        _exit(code);
    }
    return false;
}

/* ---- what is told ---- */

static void print_plan_json(struct run *run)
{
    char *commands = run_review_commands(run), *save = NULL;
    struct json *root = json_new_object(), *answers = json_set_object(root, "answers"),
                *list = json_set_array(root, "commands");
    size_t n = 0;
    const struct answer_row *rows = answer_rows(&n);
    for (size_t i = 0; i < n; i++) {
        const char *value = session_answer(run_session(run), rows[i].name);
        if (value && *value) {
            json_set_str(answers, rows[i].name, value);
        }
    }
    for (char *line = strtok_r(commands, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        json_add_str(list, line);
    }
    json_set_bool(root, "dry-run", true);
    tool_print_json(root);
    free(commands);
}

static void print_plan(struct run *run)
{
    char *plan = run_review_plan(run);
    fputs(plan, stdout);
    free(plan);
}

static void print_result(const struct options *o, struct run *run)
{
    static const char *const members[] = {"subject", "serial", "nickname", "not-after", "proof", "folder"};
    struct json *result = run_result_json(run);
    if (o->common.json) {
        tool_print_json(result);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const char *value = json_get_str(result, members[i], NULL);
        if (value) {
            printf("%s: %s\n", members[i], value);
        }
    }
    json_free(result);
}

/* Nothing is kept of what was only looked at, or refused before anything was made. */
static void end(struct renewal *r, bool keep)
{
    struct err ignored = ERR_INIT;
    run_free(r->run);
    if (r->session && keep) {
        session_close(r->session);
    } else if (r->session) {
        bool gone = session_delete(r->session, &ignored);
        (void)gone;
    }
    secrets_free(r->secrets);
    err_release(&ignored);
}

static bool renew(const struct options *o, struct err *err)
{
    struct renewal r = {.secrets = tool_secrets(&o->common)};
    bool begun = false;
    r.session = session_create(o->state_dir, "renewal", err);
    bool ok = r.session && set_answers(o, r.session, err) && session_save(r.session, err) &&
              (r.run = run_new(r.session, r.secrets, err)) != NULL && check_first(r.run, err);
    if (ok && o->dry_run) {
        (o->common.json ? print_plan_json : print_plan)(r.run);
    } else if (ok) {
        begun = true;
        ok = carry_out(o, &r, err);
        if (ok) {
            print_result(o, r.run);
        }
    }
    end(&r, begun);
    return ok;
}

int tool_renew(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT};
    const struct opt table[] = {
        TOOL_OPT_DB(o.common),
        TOOL_OPT_PASSWORD(o.common),
        {OPT_STR, "nickname", 'n', N_("NAME"), N_("The certificate to renew; it signs the request."), &o.nickname, NULL,
         0, 0},
        {OPT_STR, "serial", 0, N_("SERIAL"), N_("Its serial number (0x...), where several have the nickname."),
         &o.serial, NULL, 0, 0},
        {OPT_FLAG, "same-key", 0, NULL,
         N_("Keep the key; only near the end of the certificate, which is checked first."), &o.same_key, NULL, 0, 0},
        {OPT_CHOICE, "key-type", 'a', N_("TYPE"), N_("Kind of a new key: rsa or ec (default: as the old one)."),
         &o.key_type, "rsa|ec", 0, 0},
        {OPT_INT, "size", 'l', N_("BITS"), N_("Size of a new RSA key: 2048, 3072 or 4096."), &o.size, NULL, 2048, 4096},
        {OPT_STR, "new-nickname", 0, N_("NAME"), N_("Nickname of the new certificate (default: that of the old one)."),
         &o.new_nickname, NULL, 0, 0},
        {OPT_STR, "profile", 0, N_("ID"),
         N_("The CA's profile (default: the usual one for requests signed by a user)."), &o.profile, NULL, 0, 0},
        {OPT_STR, "ca", 0, N_("NAME"), N_("Description of the CA: server and trusted chain (see cmc ca)."), &o.ca, NULL,
         0, 0},
        {OPT_STR, "host", 0, N_("HOST"), N_("Name of the CA's computer."), &o.host, NULL, 0, 0},
        {OPT_INT, "port", 0, N_("PORT"), N_("Port of its secure end-entity pages."), &o.port, NULL, 1, 65535},
        {OPT_STR, "ca-fingerprint", 0, N_("HEX"),
         N_("SHA-256 fingerprint of the CA's certificate, where the database does not trust it."), &o.fingerprint, NULL,
         0, 0},
        {OPT_STR, "proxy", 0, N_("URL"), N_("Go through this HTTP proxy (http://HOST:PORT)."), &o.proxy, NULL, 0, 0},
        {OPT_STR, "state-dir", 0, N_("DIR"), N_("Folder of saved enrollments (default: that of cmc-wizard)."),
         &o.state_dir, NULL, 0, 0},
        {OPT_FLAG, "practice", 0, NULL, N_("Allow a practice CA's certificate in a real database."), &o.practice, NULL,
         0, 0},
        {OPT_FLAG, "dry-run", 0, NULL, N_("Check everything and say what would happen; nothing is made or sent."),
         &o.dry_run, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {PROGRAM, N_("-d DIR -n NAME [OPTION]..."),
                                    N_("Gets the successor of a certificate: makes a key (or keeps it), signs the "
                                       "request with the old certificate, sends it, stores the "
                                       "new certificate and proves that it works."),
                                    N_("A certificate that is for encryption alone cannot sign: its successor comes "
                                       "with the wizard's scenario encryption, in two trips. "
                                       "What was begun is saved, and cmc-wizard --resume goes on with it.")};
    int rest = 0, code = 0;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code;
    }
    struct err err = ERR_INIT;
    bool ok = rest == argc || err_fail(&err, ERR_USAGE, "%s", argv[rest]);
    ok = ok && (o.nickname || err_fail(&err, ERR_USAGE, "%s", _("--nickname is needed."))) && renew(&o, &err);
    return ok ? EXIT_DONE : tool_fail(usage.program, &err, o.common.json);
}
