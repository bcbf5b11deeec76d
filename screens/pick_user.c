/* SPDX-License-Identifier: Apache-2.0 */
/* One of the users whom a directory found. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "flow/tokendesk.h"
#include "screens/app.h"

struct pick {
    const struct token_result *found;
    bool anonymous;
    char *chosen;
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    const struct pick *p = ctx;
    return p->chosen ? p->chosen : "";
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct pick *p = ctx;
    free(p->chosen);
    p->chosen = xstrdup(value);
}

static void list_users(void *ctx, const struct field *field, struct choices *out)
{
    (void)field;
    const struct pick *p = ctx;
    for (size_t i = 0; i < p->found->n; i++) {
        const struct token_user *user = &p->found->users[i];
        char *uid = text_visible_str(user->uid);
        char *label = xasprintf("%s\t%s\t%s", uid, user->name, user->has_token ? _("has a token") : _("has none"));
        choices_add(out, user->uid, label, user->dn, NULL);
        free(label);
        free(uid);
    }
}

static bool has_more(void *ctx, const struct field *field)
{
    (void)field;
    return ((const struct pick *)ctx)->found->more;
}

static char *about_more(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("There are more users than these: go back and type more of the user ID or name."));
}

static bool is_anonymous(void *ctx, const struct field *field)
{
    (void)field;
    return ((const struct pick *)ctx)->anonymous;
}

static char *about_rights(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    return xstrdup(_("The directory was read without a login: it may hide tokens from such readers."));
}

static const struct field FIELDS[] = {
    {.kind = FIELD_LIST,
     .key = "user",
     .label = "",
     .columns = N_("User ID\tName\tToken"),
     .choices = list_users,
     .rows = 12,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE,
     .help = N_("Choose one and press Enter; type a part of a name to find it."),
     .spoken = N_("Its number, or a part of a name."),
     .why = N_("The secret is stored in this user's entry, and good for nobody else.")},
    {.kind = FIELD_NOTE, .key = "more", .text = about_more, .visible = has_more, .flags = FIELD_WARN},
    {.kind = FIELD_NOTE, .key = "rights", .text = about_rights, .visible = is_anonymous},
    FIELD_ROWS_END,
};
static const struct page PAGE = {
    .id = "pick-user", .question = N_("Which user is it?"), .fields = FIELDS, .next_label = NC_("footer", "Choose")};

char *app_pick_user(struct app *app, const struct frame *frame, const struct token_result *found, bool anonymous)
{
    static const struct form_ops ops = {.get = get, .set = set};
    struct pick p = {.found = found, .anonymous = anonymous};
    struct form_result result = {0};
    set(&p, "user", found->users[0].uid);
    bool chosen = app_inner_form(app, frame, &PAGE, &ops, &p, &result) == FORM_NEXT;
    if (!chosen) {
        free(p.chosen);
        p.chosen = NULL;
    }
    return p.chosen;
}
