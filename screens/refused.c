/* SPDX-License-Identifier: Apache-2.0 */
/* The agent said no: the reason, and the way on. It is no failure of the program, so it has a page of its own. */
#include "config.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "screens/app.h"

static char *reason(void *ctx, const struct field *field)
{
    (void)field;
    const char *text = session_fact(((const struct app *)ctx)->session, "refusal.reason");
    return text_visible_lines(bytes_of_str(text ? text : ""));
}

static char *way_on(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(
        _("Your answers and your key are kept. Press Enter to come back to the review page, change what the agent asks "
          "for, and start again: a new package is written, with new digits, for the same key."));
}

/* The fingerprint of the answer, and the word that helpdesks quote. */
static char *facts(void *ctx, const struct field *field)
{
    (void)field;
    const struct session *s = ((const struct app *)ctx)->session;
    const char *digits = session_fact(s, "answer.readout"), *words = session_fact(s, "answer.words");
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    if (digits) {
        buf_add(&out, "%s\t%s\n", _("Digits to compare"), digits);
    }
    if (digits && words) {
        buf_add(&out, "%s\t%s\n", _("Or as words"), words);
    }
    buf_add(&out, "%s\t%s\n", _("Support id"), err_id(ERR_FLOW_PACKAGE_REFUSED));
    return buf_take_str(&out);
}

static char *about_digits(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("The digits are the fingerprint of the answer. Compare them with those that the CA agent sees, best by telephone: "
                     "when both are the same, the refusal comes from this agent."));
}

static const struct field FIELDS[] = {
    {.kind = FIELD_HEADING, .label = N_("The agent writes")},
    {.kind = FIELD_NOTE, .key = "reason", .text = reason, .flags = FIELD_WARN},
    {.kind = FIELD_HEADING, .label = N_("What you can do")},
    {.kind = FIELD_NOTE, .text = way_on},
    {.kind = FIELD_HEADING, .label = N_("How you know that it is the agent's answer")},
    {.kind = FIELD_NOTE, .text = about_digits},
    {.kind = FIELD_TABLE, .key = "id", .text = facts, .help = N_("Tell your helpdesk the support id when you call.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "refused",
                                 .question = N_("The CA agent refused your request."),
                                 .fields = FIELDS,
                                 .next_label = NC_("footer", "Edit"),
                                 .no_back = true};

int app_refused(struct app *app)
{
    struct form_result result = {0};
    enum form_verb verb;
    do {
        verb = app_ask_page(app, &PAGE, &result);
    } while (verb == FORM_ASK_QUIT && !app_asks_leave(app));
    if (!app->session) { /* it was discarded */
        return EXIT_DONE;
    }
    return verb == FORM_NEXT ? WIZARD_AGAIN : (int)err_exit(ERR_FLOW_PACKAGE_REFUSED);
}
