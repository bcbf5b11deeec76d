/* SPDX-License-Identifier: Apache-2.0 */
/* A small wizard that uses every widget of ui/, for screen tests and for measuring. It enrolls nobody. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/when.h"
#include "ui/copyview.h"
#include "ui/dialog.h"
#include "ui/form.h"
#include "ui/progress.h"

enum { KEYS_MAX = 32, STEPS = 6 };

struct demo {
    struct ui ui;
    char *key[KEYS_MAX], *value[KEYS_MAX];
    struct secret secret;
    struct frame frame;
    struct frame_step steps[STEPS];
    int64_t started, now;
    bool cancelled, waiting;
    int rows; /* of the long list */
};

static const char *get(void *ctx, const char *key)
{
    struct demo *d = ctx;
    for (int i = 0; i < KEYS_MAX && d->key[i]; i++) {
        if (strcmp(d->key[i], key) == 0) {
            return d->value[i];
        }
    }
    return NULL;
}

static void set(void *ctx, const char *key, const char *value)
{
    struct demo *d = ctx;
    int i = 0;
    while (i < KEYS_MAX - 1 && d->key[i] && strcmp(d->key[i], key) != 0) {
        i++;
    }
    char *copy = xstrdup(value);
    if (!d->key[i]) {
        d->key[i] = xstrdup(key);
    }
    free(d->value[i]);
    d->value[i] = copy;
}

static const struct secret *get_secret(void *ctx, const char *key)
{
    struct demo *d = ctx;
    (void)key;
    return &d->secret;
}

static void set_secret(void *ctx, const char *key, const struct secret *value)
{
    struct demo *d = ctx;
    (void)key;
    secret_copy(&d->secret, value);
}

static const struct form_ops ops = {.get = get, .set = set, .get_secret = get_secret, .set_secret = set_secret};

static char *check_uid(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    return strchr(value, ' ') ? xstrdup("A user ID has no blanks in it.") : NULL;
}

static char *explain_name(void *ctx, const struct field *field)
{
    (void)field;
    const char *uid = get(ctx, "uid");
    char *seen = text_visible_str(uid && *uid ? uid : "…");
    char *text = xasprintf(
        "Your CA decides the name in it; its directory is expected to say  uid=%s,ou=people,dc=example,dc=com", seen);
    free(seen);
    return text;
}

static const struct field you_fields[] = {
    {.kind = FIELD_TEXT,
     .key = "uid",
     .label = "User ID",
     .width = 20,
     .flags = FIELD_REQUIRED,
     .validate = check_uid,
     .help = "The name your CA knows you by (LDAP uid).",
     .why = "The CA finds you in its directory by this name."},
    {.kind = FIELD_TEXT,
     .key = "mail",
     .label = "E-mail",
     .width = 32,
     .help = "Goes into the certificate; leave it empty if unsure."},
    {.kind = FIELD_NOTE, .label = "Certificate", .text = explain_name},
    FIELD_ROWS_END,
};

static const struct field secret_fields[] = {
    {.kind = FIELD_SECRET,
     .key = "secret",
     .label = "Shared secret",
     .width = 24,
     .flags = FIELD_REQUIRED,
     .help = "What your helpdesk gave you."},
    {.kind = FIELD_TEXT,
     .key = "days",
     .label = "Remind me",
     .width = 4,
     .unit = "days before",
     .help = "0 for never."},
    FIELD_ROWS_END,
};

static void key_types(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "rsa3072", "RSA 3072", "Understood everywhere.", NULL);
    choices_add(out, "p256", "EC P-256", "Small and quick.", NULL);
    choices_add(out, "mldsa", "ML-DSA 65", NULL, "This token cannot make such keys.");
}

static void profiles(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    static const char *const names[] = {"caFullCMCUserCert",  "caFullCMCUserSignedCert", "caFullCMCSharedTokenCert",
                                        "caCMCserverCert",    "caCMCsubsystemCert",      "caCMCauditSigningCert",
                                        "caCMCcaCert",        "caCMCocspCert",           "caCMCkraTransportCert",
                                        "caCMCkraStorageCert"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        choices_add(out, names[i], names[i], NULL, NULL);
    }
}

static bool wants_card(void *ctx, const struct field *field)
{
    (void)field;
    const char *v = get(ctx, "card");
    return v && strcmp(v, "yes") == 0;
}

static const struct field key_fields[] = {
    {.kind = FIELD_CHOICE, .key = "keytype", .label = "Key type", .choices = key_types, .flags = FIELD_REQUIRED},
    {.kind = FIELD_CHOICE,
     .key = "profile",
     .label = "Profile",
     .choices = profiles,
     .help = "What the CA makes of the request."},
    {.kind = FIELD_CHECK, .key = "card", .label = "The key is on a smart card"},
    {.kind = FIELD_TEXT,
     .key = "reader",
     .label = "Reader",
     .width = 30,
     .visible = wants_card,
     .help = "As your system names it."},
    {.kind = FIELD_FILE, .key = "file", .label = "Request file", .help = "A PKCS#10 file, if you have one."},
    {.kind = FIELD_BUTTON, .key = "test", .label = "Test the token"},
    FIELD_ROWS_END,
};

static void nicknames(void *ctx, const struct field *field, struct choices *out)
{
    struct demo *d = ctx;
    (void)field;
    for (int i = 1; i <= d->rows; i++) {
        char *value = xasprintf("cert-%d", i);
        char *label = xasprintf("%s %d\tNSS Certificate DB\t2027-%02d-%02d",
                                i % 7 == 0 ? "山田太郎の証明書" : "Agent certificate", i, i % 12 + 1, i % 28 + 1);
        choices_add(out, value, label, NULL, NULL);
        free(value);
        free(label);
    }
}

static char *pem_preview(void *ctx, const struct field *field)
{
    const char *v = get(ctx, field->key);
    size_t lines = 0;
    for (const char *p = v; p && *p; p++) {
        lines += *p == '\n' ? 1 : 0;
    }
    return strstr(v, "-----END") ? xasprintf("A request of %zu lines.", lines) : xstrdup("Not complete yet.");
}

static const struct field request_fields[] = {
    {.kind = FIELD_LIST,
     .key = "nick",
     .label = "Certificate",
     .choices = nicknames,
     .columns = "Nickname\tToken\tExpires",
     .rows = 4},
    {.kind = FIELD_PEM,
     .key = "pem",
     .label = "Request",
     .rows = 3,
     .text = pem_preview,
     .help = "As another program made it."},
    FIELD_ROWS_END,
};

static char *review(void *ctx, const struct field *field)
{
    (void)field;
    const char *uid = get(ctx, "uid"), *type = get(ctx, "keytype");
    char *seen = text_visible_str(uid ? uid : "");
    char *text = xasprintf(
        "User ID\t%s\tyou\nSecret\t(hidden)\tsecret\nKey type\t%s\tkey\nURL\thttps://ca.example.com:8443/ca/ee/ca/"
        "profileSubmitUserSignedCMCFull?profileId=caFullCMCUserSignedCert\nFiles\tcmc-request.cfg, cmc-submit.cfg",
        seen, type ? type : "");
    free(seen);
    return text;
}

static char *tree(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    struct buf out = BUF_INIT(8192);
    buf_add(&out, "PKIData\n  controls\n    transactionId 4711\n    senderNonce 8f 3a 1c 2e 77 90 11 02 8f 3a 1c 2e 77 "
                  "90 11 02 8f 3a 1c 2e\n");
    for (int i = 0; i < 20; i++) {
        buf_add(&out, "    control %d  bodyPartID %d\n", i, i + 3);
    }
    return buf_take_str(&out);
}

static const struct field review_fields[] = {
    {.kind = FIELD_TABLE, .key = "table", .text = review},
    {.kind = FIELD_TREE, .key = "tree", .label = "Message", .text = tree, .rows = 6},
    FIELD_ROWS_END,
};

static char *result_text(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup("Subject\tUID=jdoe\nSerial\t0x2a\nValid until\t2027-11-21\nSent to\thttps://ca.example.com:8443/ca/ee/ca/"
                   "profileSubmitUserSignedCMCFull?profileId=caFullCMCUserSignedCert");
}

static const struct field result_fields[] = {
    {.kind = FIELD_HEADING, .label = "Requested and issued"},
    {.kind = FIELD_TABLE, .key = "result", .text = result_text},
    {.kind = FIELD_NOTE, .label = "This is a practice certificate. No server will trust it.", .flags = FIELD_WARN},
    {.kind = FIELD_BUTTON, .key = "done", .label = "Leave"},
    FIELD_ROWS_END,
};

static const struct action review_actions[] = {
    {ACTION_USER, {UI_KEY_F1 + 5}, NC_("footer", "card"), "Show the card for your administrator.", ACTION_FOOTER},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

static const struct page pages[STEPS] = {
    {.id = "you", .question = "Who are you to the certificate authority?", .fields = you_fields},
    {.id = "secret",
     .question = "How do you prove that it is you?",
     .fields = secret_fields,
     .intro = "Your helpdesk gave you a secret when it entered you in the directory. It never leaves this machine in "
              "clear."},
    {.id = "key", .question = "What key shall the certificate have?", .fields = key_fields},
    {.id = "request", .question = "Which certificate vouches for you?", .fields = request_fields},
    {.id = "review",
     .question = "Is this what you want?",
     .fields = review_fields,
     .actions = review_actions,
     .next_label = NC_("footer", "Send")},
    {.id = "result", .question = "You have a certificate.", .fields = result_fields, .no_next = true},
};

static const char *const labels[STEPS] = {"You", "Secret", "Key", "Request", "Review", "Result"};

static enum progress_state poll_work(void *ctx)
{
    struct demo *d = ctx;
    d->now = when_monotonic_ms() - d->started;
    if (d->cancelled) {
        return PROGRESS_STOPPED;
    }
    return d->now > (d->waiting ? 600000 : 900) ? PROGRESS_DONE : PROGRESS_AGAIN;
}

static size_t count_work(void *ctx)
{
    (void)ctx;
    return 3;
}

static void step_work(void *ctx, size_t i, struct progress_step *out)
{
    struct demo *d = ctx;
    static const char *const names[] = {"Make the key", "Send the request", "Check the answer"};
    int64_t at = (int64_t)i * 300;
    out->label = names[i];
    out->state = d->now >= at + 300 && !(d->waiting && i == 1) ? STEP_DONE : d->now >= at ? STEP_HERE : STEP_TODO;
    if (d->waiting && i == 2) {
        out->state = STEP_TODO;
    }
    out->elapsed_ms = d->now - at;
    out->detail = out->state == STEP_HERE && i == 1 ? "Waiting for ca.example.com" : NULL;
}

static void cancel_work(void *ctx)
{
    struct demo *d = ctx;
    d->cancelled = true;
}

static const char *outlook(void *ctx)
{
    (void)ctx;
    return "Next: the certificate is put into your database.";
}

static const struct progress_ops work = {
    .poll = poll_work, .count = count_work, .step = step_work, .cancel = cancel_work, .outlook = outlook};

static enum progress_verb run_work(struct demo *d)
{
    d->started = when_monotonic_ms();
    d->cancelled = false;
    const char *slow = get(d, "days");
    d->waiting = slow && strcmp(slow, "99") == 0;
    return progress_run(&d->ui, &d->frame, "Your certificate is being requested.", &work, d);
}

/* 0 stay, 1 leave. */
static int ask_quit(struct demo *d)
{
    const struct dialog q = {.title = "Leave now?",
                             .text = "Everything you typed can be kept for next time.",
                             .answers = {{"&Save and leave", "Go on where you are, another day."},
                                         {"&Discard", "Forget this enrollment."},
                                         {"&Stay", NULL}},
                             .focus = 0,
                             .safe = 2};
    int answer = dialog_ask(&d->ui, &q);
    return answer == 2 ? 0 : 1;
}

static void show_error(struct demo *d)
{
    struct err err = ERR_INIT;
    err_fail(&err, ERR_FILE_MISSING, "%s", "/dev/token");
    err_context(&err, "%s", "The token could not be tested.");
    err_detail(&err, ERR_SOURCE_ERRNO, 2, "ENOENT");
    dialog_error(&d->ui, &err);
    err_release(&err);
}

static void mark(struct demo *d, size_t at)
{
    for (size_t i = 0; i < STEPS; i++) {
        d->steps[i] = (struct frame_step){.label = labels[i],
                                          .state = i < at    ? STEP_DONE
                                                   : i == at ? STEP_HERE
                                                             : STEP_TODO};
    }
    d->frame.current = at;
}

static size_t page_named(const char *id)
{
    for (size_t i = 0; i < STEPS; i++) {
        if (strcmp(pages[i].id, id) == 0) {
            return i;
        }
    }
    return 0;
}

static void walk(struct demo *d)
{
    struct form_result results[STEPS] = {{{0}, {0}, 0, 0}};
    size_t at = 0, back_to = STEPS;
    while (at < STEPS) {
        mark(d, at);
        enum form_verb verb = form_run(&d->ui, &d->frame, &pages[at], &ops, d, &results[at]);
        if (verb == FORM_SIGNAL || verb == FORM_QUIT || (verb == FORM_ASK_QUIT && ask_quit(d))) {
            return;
        }
        if (verb == FORM_BACK && at > 0) {
            at--;
        } else if (verb == FORM_JUMP) {
            back_to = at;
            at = page_named(results[at].key);
        } else if (verb == FORM_ACTION && strcmp(results[at].key, "done") == 0) {
            return;
        } else if (verb == FORM_ACTION && results[at].action == ACTION_USER) {
            dialog_view(&d->ui, "For your CA administrator",
                        "Request 17 of 2026-11-21 00:33 UTC.\n\n  profile  caFullCMCUserCert");
        } else if (verb == FORM_ACTION) {
            show_error(d);
        } else if (verb == FORM_NEXT) {
            if (at == 4 && run_work(d) != PROGRESS_FINISHED) {
                continue;
            }
            at = back_to < STEPS ? back_to : at + 1;
            back_to = STEPS;
        }
    }
}

/* One line in each role, in the order of enum ui_role. */
static void paint_roles(void *ctx)
{
    struct demo *d = ctx;
    for (int role = 0; role < ROLE_COUNT; role++) {
        char *name = xasprintf("role%02d", role);
        ui_put(&d->ui, role + 1, 2, 20, (enum ui_role)role, name);
        free(name);
    }
    ui_set_cursor(&d->ui, 0, 0);
}

static void show_roles(struct demo *d)
{
    struct ui_painter painter = {.paint = paint_roles, .ctx = d};
    struct ui_event event = {.type = UI_EVENT_NONE};
    ui_push(&d->ui, &painter);
    ui_repaint(&d->ui);
    while (event.type != UI_EVENT_KEY && event.type != UI_EVENT_SIGNAL) {
        ui_read(&d->ui, &event, -1);
    }
    ui_pop(&d->ui, &painter);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"plain", no_argument, NULL, 'p'},
                                            {"ascii", no_argument, NULL, 'a'},
                                            {"rows", required_argument, NULL, 'r'},
                                            {"roles", no_argument, NULL, 'o'},
                                            {"osc52", no_argument, NULL, 'c'},
                                            {"set", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    struct demo d = {.rows = 40, .secret = SECRET_INIT};
    struct ui_options opt = {0};
    i18n_init();
    int c;
    bool roles = false;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        char *eq = c == 's' ? strchr(optarg, '=') : NULL;
        opt.plain = opt.plain || c == 'p';
        opt.ascii = opt.ascii || c == 'a';
        opt.osc52 = opt.osc52 || c == 'c';
        roles = roles || c == 'o';
        d.rows = c == 'r' ? atoi(optarg) : d.rows;
        if (eq) {
            *eq = '\0';
            set(&d, optarg, eq + 1);
        }
    }
    d.frame = (struct frame){.program = "cmc-wizard",
                             .scenario = "First signing certificate",
                             .practice = "practice CA",
                             .steps = d.steps,
                             .n_steps = STEPS};
    struct err err = ERR_INIT;
    if (!ui_init(&d.ui, &opt, &err)) {
        return err_report(&err, "ui_demo");
    }
    (roles ? show_roles : walk)(&d);
    int signal = d.ui.signal;
    ui_end(&d.ui);
    for (int i = 0; i < KEYS_MAX && d.key[i]; i++) {
        char *seen = text_visible_str(d.value[i]);
        printf("%s=%s\n", d.key[i], seen);
        free(seen);
        free(d.key[i]);
        free(d.value[i]);
    }
    printf("secret=%zu\n", d.secret.len);
    secret_release(&d.secret);
    return signal ? EXIT_CANCELLED : EXIT_DONE;
}
