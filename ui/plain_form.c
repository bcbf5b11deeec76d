/* SPDX-License-Identifier: Apache-2.0 */
/* A page as line prompts. */
#include "config.h"

#include <signal.h>
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
#include "ui/form_private.h"
#include "ui/plain.h"

#define LINE_MAX_OCTETS ((size_t)64 << 10)
#define SHOWN_CHOICES 30

/* What the user's line led to. */
enum said { SAID_VALUE, SAID_KEEP, SAID_AGAIN, SAID_LEAVE, SAID_FIELD, SAID_NEXT };

struct prompt {
    struct ui *ui;
    const struct page *page;
    const struct form_ops *ops;
    void *ctx;
    struct form_result *result;
    enum form_verb verb; /* of SAID_LEAVE */
    size_t go_to;        /* of SAID_FIELD: index in page->fields */
};

static const char *value_of(const struct prompt *p, const struct field *field)
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

static int number_of(const struct prompt *p, const struct field *field)
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
                  ":quit  save and leave\nA line that starts with two colons gives an answer that starts with one."));
}

static void explain(const struct prompt *p, const struct field *field)
{
    char *text = p->ops->help ? p->ops->help(p->ctx, p->page, field) : NULL;
    if (!text) {
        text = form_default_help(p->page, field);
    }
    plain_print(p->ui, 2, text);
    free(text);
    list_commands(p);
}

static void list_answers(const struct prompt *p)
{
    for (const struct field *field = p->page->fields; field->kind != FIELD_END; field++) {
        if (asks(field) && field_is_visible(field, p->ctx)) {
            char *seen = text_visible_str(field->kind == FIELD_SECRET ? _("(hidden)") : value_of(p, field));
            printf("  %d. %s: %s\n", number_of(p, field), ui_text(field->label), seen);
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
    } else if (strcmp(line, ":list") == 0) {
        list_answers(p);
    } else if (strcmp(line, ":clear") == 0 && field && field->kind != FIELD_SECRET) {
        p->ops->set(p->ctx, field->key, "");
    } else if (strcmp(line, ":help") == 0 || strcmp(line, ":why") == 0) {
        explain(p, field);
    } else {
        list_commands(p);
    }
    return SAID_AGAIN;
}

/* Reads an answer; commands are dealt with here. *out is the caller's to free when SAID_VALUE. */
static enum said read_answer(struct prompt *p, const struct field *field, size_t max, char **out)
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

static void print_help(const struct prompt *p, const struct field *field)
{
    if (field->help) {
        plain_print(p->ui, 3, ui_text(field->help));
    }
}

static enum said ask_text(struct prompt *p, const struct field *field)
{
    char *seen = text_visible_str(value_of(p, field));
    print_help(p, field);
    printf("%d. %s", number_of(p, field), ui_text(field->label));
    if (field->unit) {
        printf(" (%s)", ui_text(field->unit));
    }
    if (*seen) {
        printf(" [%s]", seen);
    }
    fputs(": ", stdout);
    free(seen);
    char *value = NULL;
    enum said s = read_answer(p, field, field->max > 0 ? (size_t)field->max : 1024, &value);
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
    const struct secret *old = p->ops->get_secret ? p->ops->get_secret(p->ctx, field->key) : NULL;
    bool there = old && secret_is_set(old) && old->len > 0;
    printf("%d. %s %s: ", number_of(p, field), ui_text(field->label),
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
    enum said s = read_answer(p, field, SECRET_MAX, &value);
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
    bool on = strcmp(value_of(p, field), "yes") == 0;
    print_help(p, field);
    printf("%d. %s (%s/%s) [%s]: ", number_of(p, field), ui_text(field->label), _("yes"), _("no"),
           on ? _("yes") : _("no"));
    char *value = NULL;
    enum said s = read_answer(p, field, 64, &value);
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

static char *one_line(const char *label)
{
    char *s = xstrdup(label);
    for (char *c = s; *c; c++) {
        *c = *c == '\t' ? ' ' : *c;
    }
    return s;
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
    while (at < c->n && strcmp(c->v[at].value, value_of(p, field)) != 0) {
        at++;
    }
    if (at < c->n) {
        printf(_("   Number [%zu]: "), at + 1);
    } else {
        fputs(_("   Number: "), stdout);
    }
    char *line = NULL;
    enum said s = read_answer(p, field, 1024, &line);
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
    printf("%d. %s\n", number_of(p, field), ui_text(field->label));
    print_help(p, field);
    if (c.n == 0) {
        printf("   %s\n", _("Nothing to choose from."));
    }
    print_choices(p, &c, "");
    enum said s = choose(p, field, &c);
    choices_release(&c);
    return s;
}

static enum said ask_pem(struct prompt *p, const struct field *field)
{
    print_help(p, field);
    printf("%d. %s\n   %s\n", number_of(p, field), ui_text(field->label),
           *value_of(p, field) ? _("Paste it, then an empty line; an empty line alone keeps what is there.")
                               : _("Paste it, then an empty line."));
    struct buf all = BUF_INIT(LINE_MAX_OCTETS);
    for (bool open = true; open;) {
        char *line = NULL;
        enum said s = read_answer(p, field, LINE_MAX_OCTETS, &line);
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

static enum said ask(struct prompt *p, const struct field *field)
{
    if (field->flags & FIELD_READONLY) {
        char *seen = text_visible_str(field->kind == FIELD_SECRET ? _("(hidden)") : value_of(p, field));
        printf("%d. %s: %s\n", number_of(p, field), ui_text(field->label), seen);
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

static void print_table(const char *text)
{
    struct strv rows = STRV_INIT;
    strv_split(&rows, text, '\n');
    for (size_t i = 0; i < rows.n; i++) {
        size_t label = strcspn(rows.v[i], "\t");
        if (rows.v[i][label] == '\t') {
            const char *value = rows.v[i] + label + 1;
            printf("  %.*s: %.*s\n", (int)label, rows.v[i], (int)strcspn(value, "\t"), value);
        } else if (label > 0) {
            printf("%s\n", rows.v[i]);
        }
    }
    strv_release(&rows);
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
        print_table(text ? text : "");
        break;
    case FIELD_TREE:
        printf("%s\n", text ? text : "");
        break;
    default:
        break;
    }
    free(text);
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
        enum said s = ask(p, field);
        if (s == SAID_LEAVE || s == SAID_NEXT) {
            return s;
        }
        if (s == SAID_FIELD) {
            i = p->go_to;
            continue;
        }
        char *problem = s == SAID_AGAIN ? NULL : field_problem(field, p->ops, p->ctx);
        if (problem) {
            plain_print(p->ui, 3, problem);
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
        enum said s = read_answer(p, NULL, 256, &line);
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

static void print_head(struct prompt *p, const struct frame *frame)
{
    char *where = frame_step_text(frame);
    putchar('\n');
    if (where) {
        printf("%s%s%s\n", where, frame->practice ? " - " : "", ui_text(frame->practice));
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
    struct prompt p = {.ui = ui, .page = page, .ops = ops, .ctx = ctx, .result = result};
    print_head(&p, frame);
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
            plain_print(ui, 0, problem);
        }
        free(problem);
        from = index_of(page, key);
    }
}
