/* SPDX-License-Identifier: Apache-2.0 */
/* Helpdesk's side: sign requests, revoke, make a secret for a user, describe a CA for users, prepare one. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "screens/app.h"

static int agent_desk(struct app *app)
{
    return app_start(app, "agent-desk") ? app_enroll(app) : EXIT_INTERNAL;
}

static int revoke(struct app *app)
{
    if (!app_start(app, "revoke")) {
        return EXIT_INTERNAL;
    }
    app_set(app, "revoke.by", "agent");
    return app_enroll(app);
}

/* To add a job: a row, and its function: WIZARD_AGAIN comes back to this list. */
static const struct {
    const char *value, *label, *note; /* N_(): at most 60 and 76 columns */
    int (*run)(struct app *app);
} JOBS[] = {
    {"agent-desk", N_("Sign a request that somebody gave you"),
     N_("You are a CA agent; the certificate goes back in files or a package."), agent_desk},
    {"queue", N_("Work through a folder of requests"),
     N_("You are a CA agent; each request is approved or refused, one by one."), app_desk_queue},
    {"token", N_("Make a secret for a user's first certificate"),
     N_("The CA gets it encrypted through the directory; the user by telephone."), app_token_desk},
    {"revoke", N_("Revoke somebody's certificate"), N_("You are a CA agent; the certificate is named by its serial number."), revoke},
    {"describe", N_("Describe a CA for your users"),
     N_("The CA is contacted and described in a file, so that users are asked less."), app_describe},
    {"guide", N_("Guide somebody on the phone"), N_("What the caller sees at each step, and what to ask."), app_guide},
    {"faults", N_("Rehearse failures with the practice CA"), N_("Switches a fault on, so that you have seen the explanation before."),
     app_faults},
    {"admin", N_("Prepare a CA for shared secrets"),
     N_("What its administrator sets: schema, CS.cfg, certificate, profiles."), app_admin_page},
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct app *)ctx)->scratch;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct app *app = ctx;
    strncpy(app->scratch, value, sizeof app->scratch - 1);
}

static void list_jobs(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    for (size_t i = 0; i < ARRAY_LEN(JOBS); i++) {
        choices_add(out, JOBS[i].value, _(JOBS[i].label), _(JOBS[i].note), NULL);
    }
}

static size_t job_index(const char *value)
{
    for (size_t i = 0; i < ARRAY_LEN(JOBS); i++) {
        if (strcmp(JOBS[i].value, value) == 0) {
            return i;
        }
    }
    return 0;
}

int app_helpdesk(struct app *app)
{
    static const struct field fields[] = {
        {.kind = FIELD_CHOICE,
         .key = "job",
         .label = "",
         .choices = list_jobs,
         .rows = 10,
         .width = 60,
         .flags = FIELD_REQUIRED | FIELD_ADVANCE,
         .help = N_("Choose with the arrow keys, then press Enter."),
         .spoken = "",
         .why = N_("Each job has pages of its own.")},
        FIELD_ROWS_END,
    };
    static const struct page page = {.id = "helpdesk", .question = N_("What does the helpdesk want to do?"), .fields = fields};
    const struct form_ops ops = {.get = get, .set = set};
    struct form_result result = {0};
    size_t job = 0;
    for (;;) {
        app->frame = (struct frame){.program = "cmc-wizard", .scenario = "", .language = i18n_language()};
        strcpy(app->scratch, JOBS[job].value); /* the pages behind use scratch themselves */
        enum form_verb verb = form_run(app->ui, &app->frame, &page, &ops, app, &result);
        if (verb != FORM_NEXT) {
            return verb == FORM_BACK ? WIZARD_AGAIN : EXIT_DONE;
        }
        job = job_index(app->scratch);
        int code = JOBS[job].run(app);
        app_put_away(app);
        if (code != WIZARD_AGAIN) {
            return code;
        }
    }
}
