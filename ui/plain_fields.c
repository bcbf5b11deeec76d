/* SPDX-License-Identifier: Apache-2.0 */
/* One question per kind of field. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/edit.h"
#include "ui/plain_private.h"

#define LINE_MAX_OCTETS ((size_t)64 << 10)
#define SHOWN_CHOICES 30

static void print_help(const struct prompt *p, const struct field *field)
{
    const char *help = ui_text(field->spoken ? field->spoken : field->help);
    if (*help) {
        plain_print(p->ui, 3, help);
    }
}

/* Columns one after the other, read aloud as parts of one sentence; empty ones are left out. Caller frees. */
static char *one_line(const char *label)
{
    struct strv parts = STRV_INIT, full = STRV_INIT;
    strv_split(&parts, label, '\t');
    for (size_t i = 0; i < parts.n; i++) {
        if (*parts.v[i]) {
            strv_push(&full, parts.v[i]);
        }
    }
    char *line = strv_join(&full, "; ");
    strv_release(&parts);
    strv_release(&full);
    return line;
}

static char *chosen_label(const struct prompt *p, const struct field *field)
{
    const char *value = plain_value_of(p, field);
    struct choices c = {NULL, 0};
    char *label = NULL;
    if (field->choices) {
        field->choices(p->ctx, field, &c);
    }
    for (size_t i = 0; i < c.n && !label; i++) {
        label = strcmp(c.v[i].value, value) == 0 ? one_line(c.v[i].label) : NULL;
    }
    choices_release(&c);
    return label ? label : text_visible_str(value);
}

static bool has_secret(const struct prompt *p, const struct field *field)
{
    const struct secret *s = p->ops->get_secret ? p->ops->get_secret(p->ctx, field->key) : NULL;
    return s && secret_is_set(s) && s->len > 0;
}

char *plain_value_text(const struct prompt *p, const struct field *field)
{
    const char *value = plain_value_of(p, field);
    if (field->kind == FIELD_CHECK) {
        return xstrdup(strcmp(value, "yes") == 0 ? _("yes") : _("no"));
    }
    if (field->kind == FIELD_SECRET ? !has_secret(p, field) : !*value) {
        /* TRANSLATORS: in place of an answer that was not given */
        return xstrdup(_("(empty)"));
    }
    switch (field->kind) {
    case FIELD_SECRET:
        return xstrdup(_("(hidden)"));
    case FIELD_CHOICE:
    case FIELD_LIST:
        return chosen_label(p, field);
    default:
        return text_visible_str(value);
    }
}

char *plain_label(const struct prompt *p, const struct field *field)
{
    const char *label = ui_text(field->label);
    return *label ? xasprintf("%s:", label) : xstrdup(ui_text(p->page->question));
}

static enum said ask_text(struct prompt *p, const struct field *field)
{
    char *seen = text_visible_str(plain_value_of(p, field));
    print_help(p, field);
    printf("%d. %s", plain_number_of(p, field), ui_text(field->label));
    if (field->unit) {
        printf(" (%s)", ui_text(field->unit));
    }
    if (*seen) {
        printf(" [%s]", seen);
    }
    fputs(": ", stdout);
    free(seen);
    char *value = NULL;
    enum said s = plain_read_answer(p, field, field->max > 0 ? (size_t)field->max : 1024, &value);
    if (s == SAID_VALUE) {
        struct edit e;
        edit_init(&e, field->max > 0 ? (size_t)field->max : 1024, false);
        edit_set(&e, value);
        p->ops->set(p->ctx, field->key, e.text);
        edit_release(&e);
        free(value);
    }
    return s;
}

static enum said ask_secret(struct prompt *p, const struct field *field)
{
    print_help(p, field);
    bool there = has_secret(p, field);
    printf("%d. %s %s: ", plain_number_of(p, field), ui_text(field->label),
           there ? _("[keep] (typing is not shown)") : _("(typing is not shown)"));
    fflush(stdout);
    struct termios saved, quiet;
    bool tty = tcgetattr(STDIN_FILENO, &saved) == 0;
    if (tty) {
        quiet = saved;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    char *value = NULL;
    enum said s = plain_read_answer(p, field, SECRET_MAX, &value);
    if (tty) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
        putchar('\n');
    }
    if (s == SAID_VALUE) {
        struct secret secret = SECRET_INIT;
        secret_set(&secret, value, strlen(value));
        if (p->ops->set_secret) {
            p->ops->set_secret(p->ctx, field->key, &secret);
        }
        secret_release(&secret);
        mem_wipe(value, strlen(value));
        free(value);
    }
    return s;
}

static enum said ask_check(struct prompt *p, const struct field *field)
{
    bool on = strcmp(plain_value_of(p, field), "yes") == 0;
    print_help(p, field);
    printf("%d. %s (%s/%s) [%s]: ", plain_number_of(p, field), ui_text(field->label), _("yes"), _("no"),
           on ? _("yes") : _("no"));
    char *value = NULL;
    enum said s = plain_read_answer(p, field, 64, &value);
    if (s != SAID_VALUE) {
        return s;
    }
    char *word = text_trim(value);
    bool yes = strcasecmp(word, "yes") == 0 || strcasecmp(word, "y") == 0 || strcasecmp(word, _("yes")) == 0 ||
               rpmatch(word) == 1;
    bool no = strcasecmp(word, "no") == 0 || strcasecmp(word, "n") == 0 || strcasecmp(word, _("no")) == 0 ||
              rpmatch(word) == 0;
    free(value);
    if (yes == no) {
        printf(_("Please answer %s or %s.\n"), _("yes"), _("no"));
        return SAID_AGAIN;
    }
    p->ops->set(p->ctx, field->key, yes ? "yes" : "no");
    return SAID_VALUE;
}

static void print_choices(const struct prompt *p, const struct choices *c, const char *filter)
{
    size_t shown = 0, hidden = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!columns_match(c->v[i].label, filter)) {
            continue;
        }
        if (shown == SHOWN_CHOICES) {
            hidden++;
            continue;
        }
        shown++;
        char *line = one_line(c->v[i].label);
        printf("   %zu) %s\n", i + 1, line);
        free(line);
        const char *more = c->v[i].barred ? c->v[i].barred : c->v[i].note;
        if (more) {
            plain_print(p->ui, 6, more);
        }
    }
    if (hidden > 0) {
        printf(ngettext("   and %zu more; type a part of the name to find it.\n",
                        "   and %zu more; type a part of the name to find it.\n", hidden),
               hidden);
    }
}

/* Index that a line means: a number, a value, or text that only one row contains; n when none. */
static size_t choice_of(const struct prompt *p, const struct choices *c, const char *line)
{
    char *end;
    unsigned long number = strtoul(line, &end, 10);
    if (*end == '\0' && number >= 1 && number <= c->n) {
        return number - 1;
    }
    size_t found = c->n, hits = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->v[i].value, line) == 0) {
            return i;
        }
        if (columns_match(c->v[i].label, line)) {
            found = i;
            hits++;
        }
    }
    if (hits > 1) {
        print_choices(p, c, line);
    } else if (hits == 0) {
        puts(_("Nothing matches that."));
    }
    return hits == 1 ? found : c->n;
}

static enum said choose(struct prompt *p, const struct field *field, const struct choices *c)
{
    size_t at = 0;
    while (at < c->n && strcmp(c->v[at].value, plain_value_of(p, field)) != 0) {
        at++;
    }
    if (at < c->n) {
        printf(_("   Number [%zu]: "), at + 1);
    } else {
        fputs(_("   Number: "), stdout);
    }
    char *line = NULL;
    enum said s = plain_read_answer(p, field, 1024, &line);
    if (s != SAID_VALUE) {
        return s;
    }
    size_t i = choice_of(p, c, text_trim(line));
    free(line);
    if (i >= c->n) {
        return SAID_AGAIN;
    }
    if (c->v[i].barred) {
        plain_print(p->ui, 3, c->v[i].barred);
        return SAID_AGAIN;
    }
    p->ops->set(p->ctx, field->key, c->v[i].value);
    return SAID_VALUE;
}

static enum said ask_choice(struct prompt *p, const struct field *field)
{
    struct choices c = {NULL, 0};
    if (field->choices) {
        field->choices(p->ctx, field, &c);
    }
    /* A list without a label is the page's question, which has just been read. */
    if (*ui_text(field->label)) {
        printf("%d. %s\n", plain_number_of(p, field), ui_text(field->label));
    }
    print_help(p, field);
    if (c.n == 0) {
        printf("   %s\n", _("Nothing to choose from."));
    } else if (field->columns) {
        char *heads = one_line(ui_text(field->columns));
        printf("   %s\n", heads);
        free(heads);
    }
    print_choices(p, &c, "");
    enum said s = choose(p, field, &c);
    choices_release(&c);
    return s;
}

static enum said ask_pem(struct prompt *p, const struct field *field)
{
    print_help(p, field);
    printf("%d. %s\n   %s\n", plain_number_of(p, field), ui_text(field->label),
           *plain_value_of(p, field) ? _("Paste it, then an empty line; an empty line alone keeps what is there.")
                                     : _("Paste it, then an empty line."));
    struct buf all = BUF_INIT(LINE_MAX_OCTETS);
    for (bool open = true; open;) {
        char *line = NULL;
        enum said s = plain_read_answer(p, field, LINE_MAX_OCTETS, &line);
        if (s == SAID_KEEP || (s != SAID_VALUE && all.len > 0)) {
            break;
        }
        if (s != SAID_VALUE) {
            buf_release(&all);
            return s;
        }
        if (!buf_printf(&all, "%s\n", line)) {
            puts(_("This is larger than anything that belongs here; nothing was added."));
            free(line);
            buf_release(&all);
            return SAID_AGAIN;
        }
        open = strncmp(line, "-----END", 8) != 0;
        free(line);
    }
    if (all.len > 0) {
        p->ops->set(p->ctx, field->key, buf_str(&all));
        char *about = field->text ? field->text(p->ctx, field) : NULL;
        plain_print(p->ui, 3, about);
        free(about);
    }
    enum said s = all.len > 0 ? SAID_VALUE : SAID_KEEP;
    buf_release(&all);
    return s;
}

enum said plain_ask_field(struct prompt *p, const struct field *field)
{
    if (field->flags & FIELD_READONLY) {
        char *seen = plain_value_text(p, field), *label = plain_label(p, field);
        printf("%d. %s %s\n", plain_number_of(p, field), label, seen);
        free(label);
        free(seen);
        return SAID_KEEP;
    }
    switch (field->kind) {
    case FIELD_SECRET:
        return ask_secret(p, field);
    case FIELD_CHECK:
        return ask_check(p, field);
    case FIELD_CHOICE:
    case FIELD_LIST:
        return ask_choice(p, field);
    case FIELD_PEM:
        return ask_pem(p, field);
    default:
        return ask_text(p, field);
    }
}
