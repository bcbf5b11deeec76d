/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/strv.h"
#include "ui/dialog.h"

/* To add a language: a row; po/LINGUAS and its catalogue do the rest. */
static const struct {
    const char *code, *name;
} NAMES[] = {
    {"en", "English"}, {"de", "Deutsch"}, {"fr", "Français"}, {"ja", "日本語"}, {"zh_CN", "简体中文"},
};

const char *language_name(const char *code)
{
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (strcmp(NAMES[i].code, code) == 0) {
            return NAMES[i].name;
        }
    }
    return code;
}

struct chooser {
    char code[16];
};

static const char *get(void *ctx, const char *key)
{
    (void)key;
    return ((struct chooser *)ctx)->code;
}

static void set(void *ctx, const char *key, const char *value)
{
    (void)key;
    struct chooser *c = ctx;
    snprintf(c->code, sizeof c->code, "%s", value);
}

static void list_languages(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    struct strv codes = STRV_INIT;
    strv_split(&codes, i18n_available(), ',');
    for (size_t i = 0; i < codes.n; i++) {
        choices_add(out, codes.v[i], language_name(codes.v[i]), NULL, NULL);
    }
    strv_release(&codes);
}

static const struct field FIELDS[] = {
    {.kind = FIELD_CHOICE,
     .key = "language",
     .label = "",
     .choices = list_languages,
     .rows = 12,
     .width = 40,
     .flags = FIELD_REQUIRED | FIELD_ADVANCE,
     .help = N_("Choose with the arrow keys, then press Enter."),
     .spoken = "",
     .why = N_("The computer's language need not be yours.")},
    FIELD_ROWS_END,
};

static const struct page PAGE = {
    .id = "language",
    .question = N_("Which language do you read best?"),
    .intro = N_("Everything on the screen changes at once; what you typed stays as it is."),
    .fields = FIELDS,
};

bool language_is_page(const struct page *page)
{
    return page == &PAGE;
}

bool language_choose(struct ui *ui, const struct frame *frame)
{
    static const struct form_ops ops = {.get = get, .set = set};
    struct chooser c = {{0}};
    struct form_result result = {0};
    char *was = xstrdup(i18n_language());
    set(&c, "language", was);
    bool said = form_run(ui, frame, &PAGE, &ops, &c, &result) == FORM_NEXT, chosen = said && strcmp(c.code, was) != 0;
    ui->language_chosen = ui->language_chosen || said;
    bool switched = chosen && i18n_switch(c.code);
    if (chosen && !switched) {
        dialog_message(ui, MESSAGE_WARN, _("The language cannot be changed."),
                       _("This computer has no locale in which translations work. Your administrator can install one, "
                         "for example with “localedef -i en_US -f UTF-8 en_US.UTF-8”."));
    }
    free(was);
    return switched;
}
