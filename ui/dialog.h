/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_DIALOG_H
#define CMCW_UI_DIALOG_H
/* Questions, messages, errors and long texts, over the page or as line prompts. Esc never destroys: it is the safe
 * answer. */
#include "ui/action.h"
#include "ui/frame.h"

#define DIALOG_MAX_ANSWERS 4
#define DIALOG_SIGNAL (-1) /* ui->signal: leave now; treat as the safe answer */

struct dialog_answer {
    const char *label; /* N_(): "&Save and leave": the sign before the letter that picks it */
    const char *help;  /* N_(): what happens then; may be NULL */
};

struct dialog {
    const char *title;                                    /* translated */
    const char *text;                                     /* translated; paragraphs divided by \n\n, wrapped */
    struct dialog_answer answers[DIALOG_MAX_ANSWERS + 1]; /* ends with a NULL label; 1..4 */
    int focus;                                            /* answer that Enter gives at first */
    int safe;                                             /* answer that Esc gives */
    enum frame_message kind;                              /* WARN and BAD mark the title */
};

/* Index of the answer, or DIALOG_SIGNAL. */
int dialog_ask(struct ui *ui, const struct dialog *dialog) MUST_CHECK;
void dialog_message(struct ui *ui, enum frame_message kind, const char *title, const char *text);
/* For programs without an engine: what happened, why it probably did, what to do, stable id; F4 unfolds technical details. The
 * wizard shows screens/failpage.h. */
void dialog_error(struct ui *ui, const struct err *err);

/* A text with its own keys: a failure, a preview. */
struct dialog_page {
    enum frame_message kind;
    const char *title, *text;     /* as for dialog_view */
    const char *details;          /* folded (F4); NULL = none */
    bool is_help;                 /* no F1 on it */
    const struct action *actions; /* ids from ACTION_USER, ACTION_NONE at the end; at most DIALOG_MAX_ANSWERS - 1; NULL = none */
};
/* Id of the page's own action, ACTION_BACK, ACTION_QUIT (Ctrl-C), or DIALOG_SIGNAL.
 * Line prompts: the text, then the actions as numbered answers. */
int dialog_page(struct ui *ui, const struct dialog_page *page) MUST_CHECK;
/* Scrolls; lines that start with two blanks are set as they are when they fit; their continuation lines and those of a
 * numbered line are indented. F5 leaves for a copy view. */
void dialog_view(struct ui *ui, const char *title, const char *text);
/* The words of the trade (ui/glossary.h). */
void dialog_glossary(struct ui *ui);
/* dialog_view of a help text, followed by the keys that work in this situation (ui/action.h); F2 opens the glossary. text may be
 * the title again: it is said once. */
void dialog_help(struct ui *ui, const char *title, const char *text, const struct action *own, const struct action *common,
                 unsigned situation);
#endif
