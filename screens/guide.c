/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guided call: what a person on the phone sees at each step of an enrollment, and what to ask. Questions, fields and steps come
 * from the very tables that the wizard shows; only what to ask is written here.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "screens/app.h"

/* What to ask on a page or while a step runs; a test finds each scenario's rows complete. To add one: a row. */
static const struct {
    const char *id, *ask; /* "page.ID" or "step.NAME"; N_() */
} ASK[] = {
    {"page.purpose", N_("Ask what the certificate is for. Most people need the first line, a person.")},
    {"page.server", N_("Read the CA's fingerprint to them, both lines, and let them compare it. If it differs, they must stop.")},
    {"page.database",
     N_("Ask which program will use the certificate: its database belongs here. They choose the password; you must not know it.")},
    {"page.subject", N_("Let them read the whole name at the bottom to you, and compare it with your directory.")},
    {"page.key", N_("They just press Enter, unless your CA wants EC keys.")},
    {"page.agent", N_("Ask whether an agent sits beside them. The agent's certificate comes in a .p12 file with a password.")},
    {"page.you", N_("Give them their user id, as your CA knows it.")},
    {"page.secret", N_("Read the secret to them, group by group; they read nothing back aloud. Then destroy your copy.")},
    {"page.signer", N_("Ask them to choose the certificate that bears their own name and has not expired.")},
    {"page.encryption", N_("Tell them who can get an archived key back in your organization.")},
    {"page.renew", N_("Ask which certificate ends first. The same key may be kept only if your CA allows it.")},
    {"page.target", N_("Ask for the serial number or the name in the certificate, and compare it with the line that they chose.")},
    {"page.reason", N_("Ask what happened. After a loss or a theft the reason is the second one, with the day since which it is so.")},
    {"page.revoker", N_("Ask whether they still have the key: then they sign it themselves. Otherwise a CA agent does it.")},
    {"page.open", N_("You are the agent here: ask the person who made the request to read the digits to you.")},
    {"page.decision", N_("Approve only when the digits are the same and you know who is calling.")},
    {"page.review", N_("Ask them to read the lines under \"Subject\" and \"Profile\". Space on a line changes it.")},
    {"step.package",
     N_("Ask them to read the five groups of digits and compare them with those on the agent's screen, then to send the file.")},
    {"step.key", N_("It may take a minute. If they use a card, it may wait for a PIN or a touch.")},
    {"step.csr", N_("This takes no time. If it fails, ask for the error id.")},
    {"step.crmf", N_("If it fails here, ask for the error id: some tokens cannot wrap a key for archival.")},
    {"step.cfgs", N_("Two files are written, for those who want to repeat it with Dogtag's tools. Nothing is asked.")},
    {"step.request", N_("They may be asked for the password or PIN of the key that signs.")},
    {"step.cfgs-2", N_("The first trip has worked. Two more files are written for the second one.")},
    {"step.request-2", N_("They may be asked for the password or PIN of the new key: it has to read the CA's challenge.")},
    {"step.submit-2", N_("They should now see the second message go out. If it fails, ask for the error id.")},
    {"step.response-2", N_("If it fails here, ask for the error id: the CA said no, and the page says why.")},
    {"step.server", N_("If it fails here, ask for the error id: the CA cannot be reached, or shows another certificate.")},
    {"step.secret", N_("If it fails here, they have mistyped the user id or the secret.")},
    {"step.agent", N_("If it fails here, the nickname is wrong, or the file's password.")},
    {"step.transport", N_("They compare the fingerprint of the transport certificate: read it to them, both lines.")},
    {"step.signer", N_("If it fails here, the certificate has expired or its key is not here.")},
    {"step.renew", N_("If it fails here, the certificate has ended, or the CA does not take its key again.")},
    {"step.target", N_("They should now see the certificate and its state at the CA.")},
    {"step.revoker", N_("If it fails here, the certificate that signs was not found.")},
    {"step.status", N_("They should now see: revoked. Others learn it from the CA's list, which can take some hours.")},
    {"step.export", N_("Files are written for the person who asked; they go back the way the request came.")},
    {"step.refuse", N_("The file with the reason goes back to the person who asked.")},
    {"step.submit", N_("They should now see the message go out; it takes seconds. If it fails, ask for the error id.")},
    {"step.response", N_("If it fails here, ask for the error id: the CA said no, and the page says why.")},
    {"step.import", N_("They may be asked for the password of the database once more.")},
    {"step.proof", N_("They should now see: ok, key and certificate work together.")},
};

struct guide {
    struct app *app;
    const struct scenario *scenario;
    char chosen[64];
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct guide *)ctx)->chosen;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct guide *g = ctx;
    snprintf(g->chosen, sizeof g->chosen, "%s", value);
}

static const char *ask_of(const char *id)
{
    for (size_t i = 0; i < ARRAY_LEN(ASK); i++) {
        if (strcmp(ASK[i].id, id) == 0) {
            return _(ASK[i].ask);
        }
    }
    return "";
}

static void list_scenarios(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    size_t n = 0;
    const struct scenario *rows = scenario_rows(&n);
    for (size_t i = 0; i < n; i++) {
        choices_add(out, rows[i].name, _(rows[i].title), _(rows[i].summary), NULL);
    }
}

/* Pages first, then what runs; "page." and "step." keep their names apart. */
static void list_steps(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct guide *g = ctx;
    for (const char *const *p = g->scenario->pages; *p; p++) {
        char *value = xasprintf("page.%s", *p), *label = xasprintf("%s\t%s", _("asks"), _(app_page_find(*p)->page->question));
        choices_add(out, value, label, NULL, NULL);
        free(value);
        free(label);
    }
    for (const char *const *s = g->scenario->steps; *s; s++) {
        char *value = xasprintf("step.%s", *s), *label = xasprintf("%s\t%s", _("runs"), _(step_find(*s)->title));
        choices_add(out, value, label, NULL, NULL);
        free(value);
        free(label);
    }
}

static void add_page(struct buf *out, const struct page *page)
{
    buf_add(out, _("They see the question: %s"), _(page->question));
    buf_add(out, "\n\n");
    if (page->intro) {
        buf_add(out, "%s\n\n", _(page->intro));
    }
    for (const struct field *f = page->fields; f->kind != FIELD_END; f++) {
        if (field_holds_value(f) && f->label && *f->label) {
            /* TRANSLATORS: a field of a page and the help below it */
            buf_add(out, _("%s: %s"), _(f->label), f->help ? _(f->help) : "");
            buf_add(out, "\n");
        }
    }
}

static void show(struct guide *g)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    const char *id = strchr(g->chosen, '.') + 1;
    bool page = strncmp(g->chosen, "page.", 5) == 0;
    if (*ask_of(g->chosen)) {
        buf_add(&out, "%s\n\n", ask_of(g->chosen));
    }
    if (page) {
        add_page(&out, app_page_find(id)->page);
    } else {
        buf_add(&out, _("They see: %s"), _(step_find(id)->doing));
        buf_add(&out, "\n");
    }
    dialog_view(g->app->ui, page ? _(app_page_find(id)->label) : _(step_find(id)->title), buf_str(&out));
    buf_release(&out);
}

/* The next line is under the cursor when the text is closed. */
static void advance(struct guide *g)
{
    struct choices all = {0};
    list_steps(g, NULL, &all);
    for (size_t i = 0; i + 1 < all.n; i++) {
        if (strcmp(all.v[i].value, g->chosen) == 0) {
            set(g, "step", all.v[i + 1].value);
            break;
        }
    }
    choices_release(&all);
}

static const struct field SCENARIO_FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "scenario", .label = "", .choices = list_scenarios, .rows = 10, .width = 60,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE, .help = N_("What does the person on the phone want to do?"),
     .why = N_("Each enrollment has pages of its own; the next list shows them.")},
    FIELD_ROWS_END,
};
static const struct page SCENARIO = {.id = "guide", .question = N_("Which enrollment is the call about?"), .fields = SCENARIO_FIELDS};

static const struct field STEP_FIELDS[] = {
    {.kind = FIELD_LIST, .key = "step", .label = "", .columns = N_("It\tWhat the caller sees"), .choices = list_steps, .rows = 14,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE, .help = N_("Enter shows what is on their screen, and what to ask."),
     .spoken = N_("Choose what they see, to learn what to ask."),
     .why = N_("What you ask depends on the page that the caller sees.")},
    FIELD_ROWS_END,
};
static const struct page STEPS = {.id = "guide-steps", .question = N_("Where is the caller now?"), .fields = STEP_FIELDS,
                                  .next_label = NC_("footer", "Show")};

static int walk(struct guide *g, const struct form_ops *ops)
{
    struct form_result result = {0};
    snprintf(g->chosen, sizeof g->chosen, "page.%.50s", g->scenario->pages[0]);
    for (;;) {
        enum form_verb verb = form_run(g->app->ui, &g->app->frame, &STEPS, ops, g, &result);
        if (verb != FORM_NEXT) {
            return verb == FORM_BACK ? WIZARD_AGAIN : EXIT_DONE;
        }
        show(g);
        advance(g);
    }
}

int app_guide(struct app *app)
{
    struct guide g = {.app = app};
    const struct form_ops ops = {.get = get, .set = set};
    struct form_result result = {0};
    char scenario[64] = "agent-signed";
    for (;;) {
        app->frame = (struct frame){.program = "cmc-wizard", .scenario = N_("Guided call"), .language = i18n_language()};
        memcpy(g.chosen, scenario, sizeof scenario);
        enum form_verb verb = form_run(app->ui, &app->frame, &SCENARIO, &ops, &g, &result);
        if (verb != FORM_NEXT) {
            return verb == FORM_BACK ? WIZARD_AGAIN : EXIT_DONE;
        }
        memcpy(scenario, g.chosen, sizeof scenario);
        g.scenario = scenario_find(scenario);
        app->frame.scenario = g.scenario->title;
        int code = walk(&g, &ops);
        if (code != WIZARD_AGAIN) {
            return code;
        }
    }
}
