/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_FORM_H
#define CMCW_UI_FORM_H
/*
 * Pages of fields, declared as rows. The same page runs full screen or as line prompts (form_run looks at ui->mode).
 * The form holds no values: it asks and tells the owner by key, at every change, so nothing typed is ever lost.
 *
 * To add a page: a table of fields ending with FIELD_END, a struct page, and callbacks where a row needs them:
 *
 *     static const struct field you_fields[] = {
 *         {.kind = FIELD_TEXT, .key = "request.uid", .label = N_("User ID"), .width = 20, .flags = FIELD_REQUIRED,
 *          .help = N_("The name your CA knows you by (LDAP uid)."), .validate = check_uid},
 *         {.kind = FIELD_NOTE, .text = explain_name},
 *         FIELD_ROWS_END};
 *     static const struct page page_you = {.id = "you", .question = N_("Who are you to the certificate authority?"),
 *                                          .fields = you_fields};
 *     enum form_verb verb = form_run(&ui, &frame, &page_you, &ops, app, &result);
 */
#include "ui/action.h"
#include "ui/frame.h"

struct secret;
struct page;
struct field;

enum field_kind {
    FIELD_END,     /* closes the table */
    FIELD_TEXT,    /* one line */
    FIELD_SECRET,  /* one line, masked; value through get_secret and set_secret only */
    FIELD_CHOICE,  /* one of choices(): up to field->rows shown in place, else a list with type-ahead */
    FIELD_CHECK,   /* "yes" or "no" */
    FIELD_FILE,    /* path: typed, or picked with F2 */
    FIELD_LIST,    /* like CHOICE, always open in place, with columns (tabs in label), scrolls */
    FIELD_PEM,     /* several lines, pasted; preview below */
    FIELD_HEADING, /* a line that divides a page */
    FIELD_NOTE,    /* wrapped text, from label or text() */
    FIELD_TABLE,   /* lines "label\tvalue" or "label\tvalue\ttarget" from text(): Space on one with a target jumps */
    FIELD_TREE,    /* preformatted lines from text(), scrolls both ways */
    FIELD_BUTTON,  /* Enter gives FORM_ACTION with the key */
};

#define FIELD_REQUIRED 1u
#define FIELD_READONLY 2u
#define FIELD_WARN 4u       /* NOTE, HEADING: in the colour and with the sign of a warning */
#define FIELD_MUST_EXIST 8u /* FILE: must be there (picker shows files only, and the form checks) */
#define FIELD_FOLDER 16u    /* FILE: a folder is meant */
#define FIELD_DECIDE 64u    /* CHOICE, LIST: while nothing is chosen Enter does not choose the row under the cursor */
#define FIELD_ADVANCE                                                                                                  \
    32u /* BUTTON: fields need not be valid; the default for buttons. CHOICE, LIST: Enter picks and goes on */

struct choice {
    char *value;  /* owned; what set() gets */
    char *label;  /* owned; shown; tabs divide columns of a LIST */
    char *note;   /* owned; one line shown as help while it is under the cursor; may be NULL */
    char *barred; /* owned; when set it cannot be picked, and this sentence says why */
};

struct choices {
    struct choice *v;
    size_t n;
};

/* Copies all texts; note and barred may be NULL. */
void choices_add(struct choices *c, const char *value, const char *label, const char *note, const char *barred);
void choices_release(struct choices *c);

/* To add a kind of field: a name above, a row in field_ops_rows (form_kinds.c) and a case in plain.c. */
struct field {
    enum field_kind kind;
    const char *key;     /* unique on the page; NOTE and HEADING may go without */
    const char *label;   /* N_(): at most 22 columns */
    const char *help;    /* N_(): one line, at most 76 columns; names keys of the full screen only when spoken is there */
    const char *spoken;  /* N_(): help of line prompts, which have no such keys ("" = none is needed); NULL = help */
    const char *why;     /* N_(): "why do you ask this?", shown by F1; may be NULL */
    const char *unit;    /* N_(): after the value, e.g. "days" */
    const char *hint;    /* N_(): shown dim in an empty field, e.g. an example; never a value */
    const char *columns; /* LIST: headings, divided by tabs; N_() */
    int width;           /* columns of the value; 0 = what the page has (at most 56) */
    int rows; /* LIST, PEM, TREE: lines shown, 0 = what fits. CHOICE: shown in place up to this many, 0 = 5 */
    int max;  /* octets of a value; 0 = 1024 */
    unsigned flags;
    /* A translated sentence when the value is bad (caller frees), NULL when good. Only called on visible fields; an
     * empty value reaches it only when not REQUIRED is set. For secrets value is "" (look it up yourself). */
    char *(*validate)(void *ctx, const struct field *field, const char *value);
    bool (*visible)(void *ctx, const struct field *field);                      /* NULL = always */
    void (*choices)(void *ctx, const struct field *field, struct choices *out); /* CHOICE, LIST */
    char *(*text)(void *ctx, const struct field *field); /* NOTE, TABLE, TREE content; PEM preview. Caller frees */
    intptr_t tag;                                        /* the page's own use */
};
#define FIELD_ROWS_END                                                                                                 \
    {                                                                                                                  \
        .kind = FIELD_END                                                                                              \
    }

/* Where values live. get lends until the next call. */
struct form_ops {
    const char *(*get)(void *ctx, const char *key); /* NULL = empty */
    void (*set)(void *ctx, const char *key, const char *value);
    const struct secret *(*get_secret)(void *ctx, const char *key); /* may be NULL when no page has secrets */
    void (*set_secret)(void *ctx, const char *key, const struct secret *value);
    /* Help text for page and field (field may be NULL): paragraphs divided by blank lines; a line that starts with two
     * blanks is not wrapped. Caller frees. NULL callback: made from question, help and why. */
    char *(*help)(void *ctx, const struct page *page, const struct field *field);
    /* Called when nothing happened for a while (about 4 times a second); true = repaint. NULL = never. */
    bool (*tick)(void *ctx);
    /* The page is on the screen, and nothing was typed meanwhile: time for what need not hold it up. NULL = nothing. */
    void (*shown)(void *ctx);
    /* The language was switched on the page: texts that the owner has made before are to be made anew. NULL = none. */
    void (*translated)(void *ctx);
    /* Somebody wanted to go on, and an answer (key; NULL = the page as a whole) was refused: why, translated. NULL = nobody is told. */
    void (*refused)(void *ctx, const char *key, const char *why);
};

struct page {
    const char *id;       /* "you": stable, for tests and support */
    const char *title;    /* N_(): short name; NULL = the rail's label */
    const char *question; /* N_(): one sentence */
    const char *intro;    /* N_(): a paragraph below it; NULL = none */
    const struct field *fields;
    const struct action *actions; /* own rows, ACTION_NONE at the end; NULL = none */
    const char *next_label;       /* NC_("footer", "Send"); NULL = "Next" */
    /* Checks fields against each other when all are good: a sentence (caller frees) and the key it is about. */
    char *(*check)(void *ctx, const struct page *page, const char **key);
    bool no_back;        /* first page: Esc does nothing */
    bool no_next;        /* last page: Enter only works on buttons */
    bool no_save;        /* all is done: the footer has better to name than the key that saves and leaves, which works */
    const char *message; /* shown in the message line at the start, translated; NULL = none */
    enum frame_message message_kind;
};

enum form_verb {
    FORM_NEXT,
    FORM_BACK,
    FORM_QUIT,     /* Ctrl-S: save and leave */
    FORM_ASK_QUIT, /* Ctrl-C: ask save or discard */
    FORM_JUMP,     /* result.key is the target of a TABLE row */
    FORM_ACTION,   /* result.action of the page's own table, or result.key of a BUTTON with action 0 */
    FORM_SIGNAL,   /* ui->signal: save and leave now */
};

/* Zero it before the first run of a page; keep it to come back to the same field. */
struct form_result {
    char key[64];   /* JUMP: target; ACTION: button */
    char focus[64]; /* in: field to start on ("" = first bad or first); out: field that had the focus */
    int action;
    size_t focus_row; /* in and out: row in TABLE, TREE, and in a LIST where none is chosen */
};

enum form_verb form_run(struct ui *ui, const struct frame *frame, const struct page *page, const struct form_ops *ops,
                        void *ctx, struct form_result *result) MUST_CHECK;

/* The first reason why Next is not possible, and the field's key; NULL when all is well. Caller frees. Also for
 * unattended runs: names what is missing. */
char *form_problem(const struct page *page, const struct form_ops *ops, void *ctx, const char **key) MUST_CHECK;
/* One field (visible or not). */
char *field_problem(const struct field *field, const struct form_ops *ops, void *ctx) MUST_CHECK;
bool field_is_visible(const struct field *field, void *ctx);
bool field_is_focusable(const struct field *field);
/* Does a person give it a value? Headings, notes, tables and buttons have none. */
bool field_holds_value(const struct field *field);
#endif
