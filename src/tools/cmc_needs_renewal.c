/* SPDX-License-Identifier: Apache-2.0 */
/* cmc needs-renewal: does a certificate end soon? Made for scripts and timers; no password is asked. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "flow/expiry.h"
#include "nss/cert.h"
#include "tools/tool.h"

/* Its own codes, as other programs for timers have them (systemd's ExecCondition= goes on at 0 only). */
enum { NEEDS_RENEWAL = 0, IS_FINE = 1, CANNOT_SAY = 2 };

struct options {
    struct tool_options common;
    const char *nickname, *within_text, *use;
    struct expiry_within within;
    int64_t at;
};

static bool is_meant(const struct options *o, const struct expiry *e)
{
    const struct expiry_list one = {.v = (struct expiry *)(uintptr_t)e, .n = 1};
    if (strcmp(o->use, "any") != 0 && e->can_sign != (strcmp(o->use, "signing") == 0)) {
        return false;
    }
    return !o->nickname || expiry_find(&one, o->nickname, "") != NULL;
}

static void print_json(const struct options *o, const struct expiry_list *all, bool due)
{
    struct json *root = json_new_object();
    json_set_str(root, "within", o->within_text);
    json_set_bool(root, "needs-renewal", due);
    struct json *rows = json_set_array(root, "certificates");
    for (size_t i = 0; i < all->n; i++) {
        const struct expiry *e = &all->v[i];
        if (!is_meant(o, e)) {
            continue;
        }
        char *subject = cert_subject(e->cert), *serial = cert_serial_text(e->cert), *until = when_rfc3339(cert_not_after(e->cert));
        struct json *row = json_add_object(rows);
        json_set_str(row, "nickname", e->nickname);
        json_set_str(row, "token", e->token);
        json_set_str(row, "dbdir", e->dbdir);
        json_set_str(row, "subject", subject);
        json_set_str(row, "serial", serial);
        json_set_str(row, "not-after", until);
        json_set_num(row, "days-left", (double)expiry_days_left(e, o->at));
        json_set_bool(row, "replaced", e->replaced);
        json_set_bool(row, "can-sign", e->can_sign);
        json_set_bool(row, "needs-renewal", expiry_is_due(e, &o->within, o->at));
        free(subject);
        free(serial);
        free(until);
    }
    tool_print_json(root);
}

static const char *verdict(const struct options *o, const struct expiry *e)
{
    return e->replaced                           ? _("replaced")
           : !cert_valid_at(e->cert, o->at)      ? _("not valid now")
           : expiry_is_due(e, &o->within, o->at) ? _("needs renewal")
                                                 : _("fine");
}

static void print_table(const struct options *o, const struct expiry_list *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct expiry *e = &all->v[i];
        if (is_meant(o, e)) {
            char *nick = text_visible_str(e->nickname);
            char *until = when_day(cert_not_after(e->cert)), *serial = cert_serial_text(e->cert);
            char *state = text_padded(verdict(o, e), 14);
            long days = expiry_days_left(e, o->at);
            /* TRANSLATORS: a column of a list */
            char *left = xasprintf(ngettext("%5ld day", "%5ld days", labs(days)), days);
            char *column = text_padded(left, 12);
            printf("%s  %s  %s  %s (%s)\n", until, column, state, nick, serial);
            free(column);
            free(left);
            free(state);
            free(nick);
            free(until);
            free(serial);
        }
    }
}

/* *due: one of those that are meant. ERR_FLOW_RENEW_MISSING when there is none. */
static bool judge(const struct options *o, const struct expiry_list *all, bool *due, struct err *err)
{
    size_t meant = 0;
    *due = false;
    for (size_t i = 0; i < all->n; i++) {
        bool counts = is_meant(o, &all->v[i]);
        meant += counts ? 1 : 0;
        *due = *due || (counts && expiry_is_due(&all->v[i], &o->within, o->at));
    }
    return meant || err_fail(err, ERR_FLOW_RENEW_MISSING, "%s", o->nickname ? o->nickname : o->common.dbdir);
}

static int report(const struct options *o, struct err *err)
{
    int ignored = tool_fail("cmc needs-renewal", err, o->common.json);
    (void)ignored;
    return CANNOT_SAY;
}

int tool_needs_renewal(int argc, char **argv)
{
    struct options o = {.common = TOOL_OPTIONS_INIT, .within_text = "30d", .use = "any", .at = when_now()};
    o.common.dbdir = ".";
    const struct opt table[] = {
        {OPT_STR, "dbdir", 'd', N_("DIR"), N_("NSS database folder (default: the current one)."), &o.common.dbdir, NULL, 0, 0},
        {OPT_STR, "nickname", 'n', N_("NAME"), N_("Only the certificates with this nickname (default: all that have a key)."), &o.nickname,
         NULL, 0, 0},
        {OPT_CHOICE, "use", 0, N_("USE"), N_("Only those for signing or for encryption: any, signing or encryption."), &o.use,
         "any|signing|encryption", 0, 0},
        {OPT_STR, "within", 0, N_("TIME"),
         /* xgettext:no-c-format */
         N_("How soon is soon: 30d (the default), 12h, 2w, or 20% of the certificate's life."),
         &o.within_text, NULL, 0, 0},
        TOOL_OPT_JSON(o.common),
    };
    const struct opt_usage usage = {"cmc needs-renewal", N_("[OPTION]..."),
                                    N_("Says which certificates of a database end soon. One that has a later successor is not counted."),
                                    N_("Exit codes: 0 at least one needs renewal, 1 none does, 2 it cannot be said (no such "
                                       "certificate, no database, a wrong option).")};
    int rest = 0, code = 0;
    struct err err = ERR_INIT;
    if (!tool_parse(table, ARRAY_LEN(table), &usage, argc, argv, &rest, &code)) {
        return code == EXIT_DONE ? code : CANNOT_SAY;
    }
    if (rest < argc || !expiry_within_parse(o.within_text, &o.within)) {
        err_fail(&err, ERR_USAGE, "%s", rest < argc ? argv[rest] : o.within_text);
        return report(&o, &err);
    }
    struct expiry_list all = EXPIRY_LIST_INIT;
    bool due = false;
    bool ok = expiry_add_folder(&all, o.common.dbdir, &err) && judge(&o, &all, &due, &err);
    if (ok && o.common.json) {
        print_json(&o, &all, due);
    } else if (ok) {
        print_table(&o, &all);
    }
    expiry_list_release(&all);
    return !ok ? report(&o, &err) : due ? NEEDS_RENEWAL : IS_FINE;
}
