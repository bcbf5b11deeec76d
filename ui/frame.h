/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_FRAME_H
#define CMCW_UI_FRAME_H
/*
 * The page frame: title bar, rail of steps (or "Step 3 of 8"), page area, message line, footer.
 *
 *     row 0          program   scenario                      practice CA   language
 *     row 1          rule
 *     rows 2..n-4    rail (from UI_RAIL_COLUMNS on) | page
 *     row n-3        message
 *     row n-2        rule
 *     row n-1        footer
 * Below 16 lines the rules go, so that 40x10 keeps seven lines of page.
 */
#include "ui/ui.h"

enum step_state { STEP_TODO, STEP_HERE, STEP_DONE, STEP_PROBLEM, STEP_SKIPPED, STEP_WAITING };

struct frame_step {
    const char *label; /* N_(): at most 14 columns */
    enum step_state state;
};

/* What the frame says; owned by the caller, read at every paint. Texts are translated by the frame. */
struct frame {
    const char *program;  /* "cmc-wizard" */
    const char *scenario; /* N_(), or "" */
    const char *practice; /* N_("practice CA"), or NULL when it is a real one */
    const char *language; /* NULL = not shown; else the language in use is, which may change on a page */
    const struct frame_step *steps;
    size_t n_steps; /* 0: no rail */
    size_t current; /* index of the step we are at */
};

enum frame_message { MESSAGE_NONE, MESSAGE_HINT, MESSAGE_OK, MESSAGE_WARN, MESSAGE_BAD };

/* Where the page may draw. */
struct frame_area {
    int y, x, rows, cols;
    int message_y, footer_y;
    bool rail;
};

void frame_layout(const struct ui *ui, const struct frame *frame, struct frame_area *area);
/* Everything except page, message and footer. switches: F3 changes the language here, so the key stands before its name. */
void frame_paint(struct ui *ui, const struct frame *frame, const struct frame_area *area, bool switches);
/* One line; longer text is cut with an ellipsis. NULL clears it. */
void frame_paint_message(struct ui *ui, const struct frame_area *area, enum frame_message kind, const char *text);
/* "Step 3 of 8: You", translated. Caller frees. NULL when the frame has no steps. */
char *frame_step_text(const struct frame *frame) MUST_CHECK;
#endif
