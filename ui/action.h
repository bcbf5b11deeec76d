/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_ACTION_H
#define CMCW_UI_ACTION_H
/*
 * Key -> action. One table per place; the footer, the help page and the manual's key list are made from it, so they
 * cannot part ways. A page's own rows come first and win over action_common.
 */
#include "ui/ui.h"

enum action_id {
    ACTION_NONE,
    ACTION_NEXT,
    ACTION_BACK,
    ACTION_NEXT_FIELD,
    ACTION_PREV_FIELD,
    ACTION_HELP,
    ACTION_SAVE_QUIT, /* Ctrl-S: form_run returns FORM_QUIT, nothing asked */
    ACTION_QUIT,      /* Ctrl-C: form_run returns FORM_ASK_QUIT, the caller asks save or discard */
    ACTION_COPY,      /* copy view of the focused value */
    ACTION_OPEN,      /* list, picker */
    ACTION_CHANGE,    /* a row of a table: FORM_JUMP to its target */
    ACTION_REVEAL,    /* show a secret */
    ACTION_UNDO,
    ACTION_REDO, /* and putting back what was cut, as at a shell's prompt */
    ACTION_REDRAW,
    ACTION_PAGE_UP,
    ACTION_PAGE_DOWN,
    ACTION_CANCEL,
    ACTION_DETAILS,
    ACTION_LANGUAGE, /* asks for another language and draws the page in it */
    ACTION_USER = 1000 /* a page's own ids start here: form_run returns FORM_ACTION */
};

/* Without ACTION_FOOTER the conditions below decide on the help page alone. */
#define ACTION_FOOTER 1u /* in the footer when there is room; earlier rows first */
#define ACTION_RIGHT 2u  /* right end of the footer: the way on */
#define ACTION_SECRET 4u /* footer only on a secret field */
#define ACTION_LIST 8u   /* footer only on a field with a list or picker */
#define ACTION_MANY 16u  /* footer only when the page has more than one field */
#define ACTION_ROWS 256u /* footer only on a table whose rows can be changed */
#define ACTION_TEXT 512u /* only where something is typed */
/* Situations only: */
#define ACTION_DIMMED 32u   /* the way on is not open yet: drawn dim */
#define ACTION_NO_BACK 64u  /* ACTION_BACK is not named */
#define ACTION_NO_NEXT 128u /* ACTION_NEXT is not named */
#define ACTION_NO_SAVE 1024u /* ACTION_SAVE_QUIT is not in the footer */
#define ACTION_NO_HELP 2048u /* ACTION_HELP is not named: this is help */

/* To add an action: an id above (or ACTION_USER + n), a row in the table of its place, a case where it is handled. */
struct action {
    int id;            /* ACTION_NONE ends a table */
    int keys[3];       /* UI_KEY_*, UI_CTRL('x'); 0 = unused. The first one is named in footer and help */
    const char *label; /* NC_("footer", ...): at most 14 columns */
    const char *help;  /* N_(): one sentence for the help page and the manual */
    unsigned flags;
};

extern const struct action action_common[];   /* forms */
extern const struct action action_viewer[];   /* text and help viewer */
extern const struct action action_progress[]; /* running work */
extern const struct action action_picker[];   /* lists and file picker */

/* First row in own (may be NULL), then common, that has the key; NULL when none. */
const struct action *action_find(const struct action *own, const struct action *common, int key);
/* "F1", "Ctrl-S", "Enter": translated key name; static or catalogue memory. buf is for built names. */
const char *action_key_name(int key, char buf[16]);
/* Footer parts that apply: flags of situation (ACTION_SECRET, ACTION_LIST, ACTION_MANY) must be present when a row
 * asks for them. Draws into one line of the screen; next_label replaces the label of ACTION_NEXT (NULL = its own). */
void action_footer(struct ui *ui, int y, const struct action *own, const struct action *common, unsigned situation,
                   const char *next_label);
/* The same choice as text (plain, tests): "Tab next field   F1 help  ...". Caller frees. */
char *action_footer_text(const struct ui *ui, int columns, const struct action *own, const struct action *common,
                         unsigned situation, const char *next_label) MUST_CHECK;
/* "Ctrl-S   Save everything and leave.\n" per row that works in this situation: help page. Caller frees. */
char *action_help_text(const struct action *own, const struct action *common, unsigned situation) MUST_CHECK;
#endif
