/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_EDIT_H
#define CMCW_UI_EDIT_H
/*
 * A line of text being edited: UTF-8, moved and deleted by grapheme (what a person sees as one character). No drawing
 * here. Keys: arrows, Home/End, Ctrl-A/E/B/F/D/H/K/U/W/Y/T, Ctrl-Left/Right, Delete, Ctrl-Z or Ctrl-_ (undo). Ctrl-Y is
 * redo as long as something was undone and nothing typed since, else it puts back what was cut.
 */
#include "ui/ui.h"

struct edit_state;

struct edit {
    char *text; /* owned, NUL terminated, never NULL after edit_init */
    size_t len; /* octets */
    size_t cap;
    size_t max;              /* largest len */
    size_t cursor;           /* octet offset, on a grapheme boundary */
    size_t scroll;           /* octet offset of the first grapheme shown */
    bool secret;             /* wiped; no kill buffer, no undo of cleared text */
    bool coalesce;           /* the last change was a typed letter: the next joins its undo step */
    char *kill;              /* owned; what Ctrl-Y puts back */
    struct edit_state *undo; /* newest first; bounded */
    struct edit_state *redo; /* what was undone, the last first; dropped by the next change */
};

void edit_init(struct edit *e, size_t max, bool secret);
void edit_release(struct edit *e);
/* Replaces all, cursor at the end, forgets undo and redo. Sanitized as for edit_insert. */
void edit_set(struct edit *e, const char *text);
/* At the cursor. Newlines and tabs become one blank, other control characters, bidi and invisible marks are dropped,
 * invalid UTF-8 as well; newlines at the end vanish. False when something did not fit. */
bool edit_insert(struct edit *e, const char *text, size_t len);
enum edit_outcome { EDIT_IGNORED, EDIT_MOVED, EDIT_CHANGED, EDIT_FULL };
enum edit_outcome edit_key(struct edit *e, int key);
bool edit_undo(struct edit *e);
bool edit_redo(struct edit *e);

/* What part to show in so many columns. */
struct edit_view {
    size_t start, end; /* octets shown */
    int cursor;        /* column of the cursor from the left of the view */
    bool more_left, more_right;
};
/* Keeps the cursor inside, moves e->scroll as little as needed. columns >= 3. The column behind the last character
 * counts. */
void edit_view(struct edit *e, int columns, struct edit_view *view);
#endif
