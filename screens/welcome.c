/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "screens/welcome.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/form.h"

/* To add a way in: a row here, a value of enum wizard_start, a case in wizard_interactive. */
static const struct {
    const char *value;
    enum wizard_start start;
    const char *label; /* N_(): at most 60 columns */
    const char *note;  /* N_(): at most 76 columns */
} WAYS[] = {
    {"new", START_NEW, N_("Get a certificate"), N_("Start a new enrollment; the wizard asks what it needs to know.")},
    {"continue", START_CONTINUE, N_("Continue a saved enrollment"), N_("Everything that was begun is saved and waits for you.")},
    {"practice", START_PRACTICE, N_("Practise with a CA on this computer"), N_("Nothing leaves this computer, and nothing can go wrong.")},
    {"helpdesk", START_HELPDESK, N_("Helpdesk and CA agents"), N_("Sign somebody's request, describe a CA for your users.")},
    {"expiry", START_EXPIRY, N_("See which certificates end soon"), N_("Over all databases that are found here; renew one from the list.")},
    {"revoke", START_REVOKE, N_("Revoke a certificate"), N_("Its key is lost, or it is no longer needed: the CA is told so.")},
};

struct welcome {
    char choice[16];
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct welcome *)ctx)->choice;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct welcome *w = ctx;
    strncpy(w->choice, value, sizeof w->choice - 1);
}

static void list_ways(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    for (size_t i = 0; i < ARRAY_LEN(WAYS); i++) {
        choices_add(out, WAYS[i].value, _(WAYS[i].label), _(WAYS[i].note), NULL);
    }
}

static const struct field FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "way", .label = "", .choices = list_ways, .rows = 6, .width = 60, .flags = FIELD_REQUIRED | FIELD_ADVANCE,
     .help = N_("Choose with the arrow keys, then press Enter."), .spoken = "",
     .why = N_("Each way has questions of its own; nothing happens before you have seen what will.")},
    FIELD_ROWS_END,
};

static const struct action ACTIONS[] = {
    {ACTION_LANGUAGE, {UI_KEY_F1 + 2}, NC_("footer", "language"), N_("Change the language of everything on the screen."), ACTION_FOOTER},
    {ACTION_NONE, {0}, NULL, NULL, 0},
};

static const struct page PAGE = {
    .id = "welcome",
    .question = N_("What would you like to do?"),
    .intro = N_("This wizard takes you to a certificate that is in your database and proven to work. You can stop at any time; "
                "nothing is lost."),
    .fields = FIELDS,
    .actions = ACTIONS,
    .no_back = true,
};

enum wizard_start welcome_run(struct ui *ui)
{
    struct welcome w = {.choice = "new"};
    struct form_ops ops = {.get = get, .set = set};
    struct frame frame = {.program = "cmc-wizard", .scenario = "", .language = i18n_language()};
    struct form_result result = {0};
    enum form_verb verb = form_run(ui, &frame, &PAGE, &ops, &w, &result);
    ui->frame = NULL; /* ours ends here */
    switch (verb) {
    case FORM_NEXT:
        break;
    case FORM_ACTION:
    case FORM_JUMP:
    case FORM_BACK:
    case FORM_QUIT:
    case FORM_ASK_QUIT:
    case FORM_SIGNAL:
        return START_QUIT;
    }
    for (size_t i = 0; i < ARRAY_LEN(WAYS); i++) {
        if (strcmp(WAYS[i].value, w.choice) == 0) {
            return WAYS[i].start;
        }
    }
    return START_QUIT;
}
