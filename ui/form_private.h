/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_FORM_PRIVATE_H
#define CMCW_UI_FORM_PRIVATE_H
/* A page while it is on the screen; shared by form.c, form_layout.c and the kinds. */
#include "base/strv.h"
#include "ui/edit.h"
#include "ui/form.h"

#define FORM_MARGIN 2 /* columns left of labels: focus marker and a blank */

struct form_item {
    const struct field *field;
    bool visible;
    int y, height; /* rows in page coordinates, label and help included */
    int value_y, value_rows, value_x, value_cols;
    struct edit edit; /* TEXT, SECRET, FILE, PEM */
    bool editing;     /* edit is set up */
    bool revealed;    /* SECRET */
    bool moved;       /* CHOICE, LIST: the cursor was moved here since it got the focus */
    struct choices choices;
    size_t row;        /* row under the cursor */
    size_t top;        /* first row shown */
    int left;          /* TREE: first column shown */
    struct strv lines; /* NOTE, TREE: lines; TABLE: raw rows; PEM: preview lines */
    char *text;        /* as it came from text() */
    struct strv help;  /* wrapped */
    char typed[32];    /* LIST: what was typed to find a row */
    int64_t typed_ms;
};

struct form {
    struct ui *ui;
    const struct frame *frame;
    const struct page *page;
    const struct form_ops *ops;
    void *ctx;
    struct form_result *result;
    struct form_item *items;
    size_t n, focus; /* focus == n: nothing on the page can have it */
    struct frame_area area;
    struct strv question, intro;
    bool stacked;      /* labels above values */
    bool roomy, helps; /* blank lines between fields; help below each */
    int label_cols;
    int content_rows, scroll;
    int pinned; /* rows at the top that stay when the rest scrolls: the question */
    enum frame_message message_kind;
    char *message;
    bool valid; /* Next is open */
    bool stale; /* something was typed since texts and validity were worked out */
    struct ui_painter painter;
};

/* What a kind does with a key. */
enum form_key {
    FORM_KEY_IGNORED, /* the form may use it */
    FORM_KEY_SAID,    /* a message was set: repaint */
    FORM_KEY_DONE,    /* only this field changed on screen */
    FORM_KEY_RELOAD,  /* a value changed that others may depend on */
    FORM_KEY_NEXT,    /* as Enter on a text field */
    FORM_KEY_ACTION,  /* FORM_ACTION with the field's key */
    FORM_KEY_JUMP,    /* FORM_JUMP, result->key is set */
    FORM_KEY_SIGNAL,
};

/* To add a kind: a row in form_kind_rows (form_layout.c). */
struct form_kind {
    bool focusable, labelled, typed;                    /* typed: printable keys belong to it */
    void (*load)(struct form *f, struct form_item *it); /* takes value, choices, text from the owner */
    int (*rows)(struct form *f, struct form_item *it);  /* rows of the value at it->value_cols */
    void (*paint)(struct form *f, struct form_item *it, bool focused);
    void (*cursor)(struct form *f, struct form_item *it, int *y, int *x); /* page coordinates */
    enum form_key (*key)(struct form *f, struct form_item *it, const struct ui_event *event);
    enum form_key (*paste)(struct form *f, struct form_item *it, const char *text);
    void (*leave)(struct form *f, struct form_item *it, bool by_arrow); /* loses the focus */
};

extern const struct form_kind form_kind_note, form_kind_heading, form_kind_text, form_kind_secret, form_kind_file,
    form_kind_check, form_kind_button, form_kind_choice, form_kind_list, form_kind_table, form_kind_tree, form_kind_pem;

const struct form_kind *form_kind(enum field_kind kind);

bool form_can_focus(const struct form_item *it); /* visible, and something in it can be chosen */
void form_load(struct form *f);                  /* values, visibility, texts */
void form_layout(struct form *f);                /* positions for the current size; keeps the focus in view */
void form_paint(void *form);                     /* ui_painter */
void form_paint_item(struct form *f, struct form_item *it);
void form_place_cursor(struct form *f);
/* Page coordinates; clipped to the page area. */
int form_put(struct form *f, int y, int x, int columns, enum ui_role role, const char *text);
void form_fill(struct form *f, int y, int x, int columns, enum ui_role role);
bool form_row_shown(const struct form *f, int y);
void form_say(struct form *f, enum frame_message kind, const char *text);
const char *form_value(struct form *f, const struct field *field);
void form_set_value(struct form *f, const struct field *field, const char *value);
/* The help line that belongs to the item now (a choice's own line comes first); translated, lent. */
const char *form_help_line(const struct form_item *it);
/* Rows to keep free for the notes of a list, so that the page stands still while the cursor moves through it. */
int form_help_rows(const struct form_item *it, int columns);
/* What the copy view shows of the item; caller frees; NULL = nothing. */
char *form_copy_text(struct form *f, struct form_item *it);
/* The same of a page on which nothing has the focus: all that it shows, values whole and unwrapped. Caller frees. */
char *form_copy_page(struct form *f) MUST_CHECK;
/* Flags of the situation (ui/action.h) for footer and help. */
unsigned form_situation(const struct form *f);
bool form_secret_is_capitals(const struct form_item *it);
bool form_inline_choice(const struct form_item *it);
/* CHOICE, LIST: the value is one of the rows; the rows are on the page. */
bool form_is_chosen(struct form *f, const struct form_item *it);
bool form_is_open(const struct form_item *it);
/* What F1 says: label, help, why; spoken: for line prompts. Caller frees. */
char *form_default_help(const struct page *page, const struct field *field, bool spoken) MUST_CHECK;
#endif
