/* SPDX-License-Identifier: Apache-2.0 */
/* A page as line prompts. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/secret.h"
#include "base/strv.h"
#include "base/text.h"
#include "ui/form_private.h"
#include "ui/language.h"
#include "ui/plain_private.h"

const char *plain_value_of(const struct prompt *p, const struct field *field)
{
    const char *v = p->ops->get(p->ctx, field->key);
    return v ? v : "";
}

static bool asks(const struct field *field)
{
    return field_is_focusable(field) && field->kind != FIELD_TABLE && field->kind != FIELD_TREE &&
           field->kind != FIELD_BUTTON;
}

/* Index of the nth question (1...) of the page, or SIZE_MAX. */
static size_t field_number(const struct prompt *p, long n)
{
    for (size_t i = 0; n > 0 && p->page->fields[i].kind != FIELD_END; i++) {
        const struct field *field = &p->page->fields[i];
        if (asks(field) && field_is_visible(field, p->ctx) && --n == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

int plain_number_of(const struct prompt *p, const struct field *field)
{
    int n = 0;
    for (const struct field *at = p->page->fields; at <= field; at++) {
        n += asks(at) && field_is_visible(at, p->ctx) ? 1 : 0;
    }
    return n;
}

static void list_commands(const struct prompt *p)
{
    puts(_("Lines that start with a colon are commands:"));
    /* TRANSLATORS: the words after the colons are fixed, do not translate them */
    plain_print(p->ui, 2,
                _(":back  go back one page\n:next  go on to the next page\n:3  go to question 3\n"
                  ":list  show all questions and answers\n:clear  empty this answer\n:why  explain this question\n"
                  ":language  change the language\n:quit  save and leave\n"
                  "A line that starts with two colons gives an answer that starts with one."));
    /* TRANSLATORS: the word after the colon is fixed */
    plain_print(p->ui, 2, _(":glossary  explain the words of the trade"));
}

static void explain(const struct prompt *p, const struct field *field)
{
    char *text = p->ops->help ? p->ops->help(p->ctx, p->page, field) : NULL;
    if (!text) {
        text = form_default_help(p->page, field, true);
    }
    plain_print(p->ui, 2, text);
    free(text);
}

static void list_answers(const struct prompt *p)
{
    for (const struct field *field = p->page->fields; field->kind != FIELD_END; field++) {
        if (asks(field) && field_is_visible(field, p->ctx)) {
            char *seen = plain_value_text(p, field), *label = plain_label(p, field);
            printf("  %d. %s %s\n", plain_number_of(p, field), label, seen);
            free(label);
            free(seen);
        }
    }
}

static enum said leave(struct prompt *p, enum form_verb verb)
{
    p->verb = verb;
    return SAID_LEAVE;
}

static enum said no_line(struct prompt *p)
{
    if (p->ui->signal == SIGINT) {
        p->ui->signal = 0;
        return leave(p, FORM_ASK_QUIT);
    }
    return leave(p, p->ui->signal ? FORM_SIGNAL : FORM_QUIT);
}

static void print_head(const struct prompt *p)
{
    char *where = frame_step_text(p->frame);
    putchar('\n');
    if (where) {
        printf("%s%s%s\n", where, p->frame->practice ? " - " : "", ui_text(p->frame->practice));
    }
    free(where);
    plain_print(p->ui, 0, ui_text(p->page->question));
    if (p->page->intro) {
        plain_print(p->ui, 0, ui_text(p->page->intro));
    }
    if (p->page->message) {
        plain_print(p->ui, 0, p->page->message);
    }
}

static void change_language(struct prompt *p)
{
    if (language_is_page(p->page) || !language_choose(p->ui, p->frame)) {
        return;
    }
    if (p->ops->translated) {
        p->ops->translated(p->ctx);
    }
    print_head(p);
}

static enum said command(struct prompt *p, const struct field *field, const char *line)
{
    char *end;
    long number = strtol(line + 1, &end, 10);
    if (end != line + 1 && *end == '\0') {
        p->go_to = field_number(p, number);
        if (p->go_to != SIZE_MAX) {
            return SAID_FIELD;
        }
        puts(_("There is no question with that number."));
    } else if (strcmp(line, ":back") == 0) {
        if (!p->page->no_back) {
            return leave(p, FORM_BACK);
        }
        puts(_("This is the first page."));
    } else if (strcmp(line, ":quit") == 0) {
        return leave(p, FORM_QUIT);
    } else if (strcmp(line, ":next") == 0) {
        return SAID_NEXT;
    } else if (strcmp(line, ":language") == 0) {
        change_language(p);
    } else if (strcmp(line, ":list") == 0) {
        list_answers(p);
    } else if (strcmp(line, ":clear") == 0 && field && field->kind != FIELD_SECRET) {
        p->ops->set(p->ctx, field->key, "");
    } else if (strcmp(line, ":glossary") == 0) {
        dialog_glossary(p->ui);
    } else if (strcmp(line, ":why") == 0) {
        explain(p, field);
    } else if (strcmp(line, ":help") == 0) {
        explain(p, field);
        list_commands(p);
    } else {
        list_commands(p);
    }
    return SAID_AGAIN;
}

/* Reads an answer; commands are dealt with here. *out is the caller's to free when SAID_VALUE. */
enum said plain_read_answer(struct prompt *p, const struct field *field, size_t max, char **out)
{
    char *line = plain_read_line(p->ui, max);
    if (!line) {
        return no_line(p);
    }
    if (line[0] == ':' && line[1] != ':') {
        enum said s = command(p, field, text_trim(line));
        free(line);
        return s;
    }
    if (line[0] == '\0') {
        free(line);
        return SAID_KEEP;
    }
    *out = xstrdup(line[0] == ':' ? line + 1 : line);
    mem_wipe(line, strlen(line));
    free(line);
    return SAID_VALUE;
}

static void print_table(const char *text)
{
    struct strv rows = STRV_INIT;
    strv_split(&rows, text, '\n');
    for (size_t i = 0; i < rows.n; i++) {
        size_t label = strcspn(rows.v[i], "\t");
        if (rows.v[i][label] == '\t') {
            const char *value = rows.v[i] + label + 1;
            printf("  %.*s%s%.*s\n", (int)label, rows.v[i], label ? ": " : "  ", (int)strcspn(value, "\t"), value);
        } else if (label > 0) {
            printf("%s\n", rows.v[i]);
        }
    }
    strv_release(&rows);
}

static void print_label(const struct field *field)
{
    if (field->label) {
        printf("%s:\n", ui_text(field->label));
    }
}

static void print_passive(const struct prompt *p, const struct field *field)
{
    char *text = field->text ? field->text(p->ctx, field) : NULL;
    switch (field->kind) {
    case FIELD_HEADING:
        putchar('\n');
        plain_print(p->ui, 0, ui_text(field->label));
        break;
    case FIELD_NOTE:
        if (text && field->label) {
            printf("%s:\n", ui_text(field->label));
        }
        plain_print(p->ui, text && field->label ? 2 : 0, field->text ? text : ui_text(field->label));
        break;
    case FIELD_TABLE:
        print_label(field);
        print_table(text ? text : "");
        break;
    case FIELD_TREE:
        print_label(field);
        printf("%s\n", text ? text : "");
        break;
    default:
        break;
    }
    free(text);
}

static void say_refused(const struct prompt *p, int indent, const char *key, const char *why)
{
    plain_print(p->ui, indent, why);
    if (p->ops->refused) {
        p->ops->refused(p->ctx, key, why);
    }
}

/* Asks from field i on; returns when the page is through or is left. */
static enum said ask_from(struct prompt *p, size_t i)
{
    while (p->page->fields && p->page->fields[i].kind != FIELD_END) {
        const struct field *field = &p->page->fields[i];
        if (!field_is_visible(field, p->ctx)) {
            i++;
            continue;
        }
        if (!asks(field)) {
            print_passive(p, field);
            i++;
            continue;
        }
        enum said s = plain_ask_field(p, field);
        if (s == SAID_LEAVE || s == SAID_NEXT) {
            return s;
        }
        if (s == SAID_FIELD) {
            i = p->go_to;
            continue;
        }
        char *problem = s == SAID_AGAIN ? NULL : field_problem(field, p->ops, p->ctx);
        if (problem) {
            say_refused(p, 3, field->key, problem);
        } else if (s != SAID_AGAIN) {
            i++;
        }
        free(problem);
    }
    return SAID_NEXT;
}

/* Buttons, rows that can be changed, and the page's own actions, as numbers. */
struct offer {
    const char *label;
    char *target; /* owned */
    const char *button;
    int action;
};

struct offers {
    struct offer v[64];
    size_t n;
};

static void add_offer(struct offers *o, struct offer offer)
{
    if (o->n < ARRAY_LEN(o->v)) {
        o->v[o->n++] = offer;
    } else {
        free(offer.target);
    }
}

static void offer_rows(struct offers *o, const struct prompt *p, const struct field *field)
{
    char *text = field->text ? field->text(p->ctx, field) : NULL;
    struct strv rows = STRV_INIT, seen = STRV_INIT;
    strv_split(&rows, text ? text : "", '\n');
    for (size_t i = 0; i < rows.n; i++) {
        const char *value = strchr(rows.v[i], '\t');
        const char *target = value ? strchr(value + 1, '\t') : NULL;
        if (target && !strv_has(&seen, target + 1)) {
            strv_push(&seen, target + 1);
            add_offer(o,
                      (struct offer){.target = xasprintf("%.*s\t%s", (int)(value - rows.v[i]), rows.v[i], target + 1)});
        }
    }
    strv_release(&rows);
    strv_release(&seen);
    free(text);
}

static void collect_offers(struct offers *o, const struct prompt *p)
{
    for (const struct field *field = p->page->fields; field && field->kind != FIELD_END; field++) {
        if (!field_is_visible(field, p->ctx)) {
            continue;
        }
        if (field->kind == FIELD_BUTTON) {
            add_offer(o, (struct offer){.label = ui_text(field->label), .button = field->key});
        } else if (field->kind == FIELD_TABLE) {
            offer_rows(o, p, field);
        }
    }
    for (const struct action *a = p->page->actions; a && a->id != ACTION_NONE; a++) {
        if (a->id >= ACTION_USER) {
            add_offer(o, (struct offer){.label = ui_text(a->help ? a->help : a->label), .action = a->id});
        }
    }
}

static enum said take_offer(struct prompt *p, const struct offer *offer)
{
    if (offer->target) {
        snprintf(p->result->key, sizeof p->result->key, "%s", strchr(offer->target, '\t') + 1);
        return leave(p, FORM_JUMP);
    }
    p->result->action = offer->action;
    snprintf(p->result->key, sizeof p->result->key, "%s", offer->button ? offer->button : "");
    return leave(p, FORM_ACTION);
}

static void print_offers(const struct prompt *p, const struct offers *o)
{
    putchar('\n');
    if (!p->page->no_next) {
        printf("  %s) %s\n", _("Enter"), ui_text(p->page->next_label ? p->page->next_label : NC_("footer", "Next")));
    }
    for (size_t i = 0; i < o->n; i++) {
        const struct offer *at = &o->v[i];
        if (at->target) {
            printf(_("  %zu) Change: %.*s\n"), i + 1, (int)strcspn(at->target, "\t"), at->target);
        } else {
            printf("  %zu) %s\n", i + 1, at->label);
        }
    }
}

static enum said ask_offers(struct prompt *p, const struct offers *o)
{
    print_offers(p, o);
    for (;;) {
        fputs(_("Your choice: "), stdout);
        char *line = NULL;
        enum said s = plain_read_answer(p, NULL, 256, &line);
        if (s == SAID_KEEP && !p->page->no_next) {
            return SAID_NEXT;
        }
        if (s == SAID_VALUE) {
            char *end;
            unsigned long n = strtoul(line, &end, 10);
            bool good = end != line && *end == '\0' && n >= 1 && n <= o->n;
            free(line);
            if (good) {
                return take_offer(p, &o->v[n - 1]);
            }
            puts(_("Please type one of the numbers above."));
        } else if (s != SAID_AGAIN && s != SAID_KEEP) {
            return s;
        }
    }
}

/* After the questions: buttons and the like, or just a stop to read when nothing was asked. */
static enum said close_page(struct prompt *p)
{
    struct offers o = {.n = 0};
    collect_offers(&o, p);
    bool asked = field_number(p, 1) != SIZE_MAX;
    enum said s = o.n > 0 || !asked ? ask_offers(p, &o) : SAID_NEXT;
    for (size_t i = 0; i < o.n; i++) {
        free(o.v[i].target);
    }
    return s;
}

static size_t index_of(const struct page *page, const char *key)
{
    for (size_t i = 0; key && page->fields[i].kind != FIELD_END; i++) {
        if (page->fields[i].key && strcmp(page->fields[i].key, key) == 0) {
            return i;
        }
    }
    return 0;
}

enum form_verb plain_form_run(struct ui *ui, const struct frame *frame, const struct page *page,
                              const struct form_ops *ops, void *ctx, struct form_result *result)
{
    struct prompt p = {.ui = ui, .frame = frame, .page = page, .ops = ops, .ctx = ctx, .result = result};
    print_head(&p);
    size_t from = 0;
    for (;;) {
        enum said s = ask_from(&p, from);
        if (s == SAID_NEXT) {
            s = close_page(&p);
        }
        if (s == SAID_LEAVE) {
            return p.verb;
        }
        if (s == SAID_FIELD) {
            from = p.go_to;
            continue;
        }
        const char *key = NULL;
        char *problem = form_problem(page, ops, ctx, &key);
        if (!problem && !page->no_next) {
            return FORM_NEXT;
        }
        if (problem) {
            say_refused(&p, 0, key, problem);
        }
        free(problem);
        from = index_of(page, key);
    }
}
