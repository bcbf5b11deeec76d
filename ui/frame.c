/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

#define MARGIN 1      /* columns left and right of everything */
#define RAIL_WIDTH 20 /* sign, blank, label */
#define RULES_FROM_LINES 16
#define KEY_FROM_COLUMNS 60 /* the key of the language is named in the title bar */
#define PAGE_COLUMNS_MAX 100 /* longer lines are tiring to read */

void frame_layout(const struct ui *ui, const struct frame *frame, struct frame_area *area)
{
    bool rules = ui->rows >= RULES_FROM_LINES;
    area->rail = frame->n_steps > 0 && ui->cols >= UI_RAIL_COLUMNS;
    area->footer_y = ui->rows - 1;
    area->message_y = ui->rows - (rules ? 3 : 2);
    area->y = rules ? 2 : 1;
    area->rows = area->message_y - area->y;
    area->x = MARGIN + (area->rail ? RAIL_WIDTH : 0);
    area->cols = ui->cols - area->x - MARGIN;
    if (area->cols > PAGE_COLUMNS_MAX) {
        area->cols = PAGE_COLUMNS_MAX;
    }
}

static enum ui_sign step_sign(enum step_state state)
{
    switch (state) {
    case STEP_HERE:
    case STEP_WAITING:
        return SIGN_HERE;
    case STEP_DONE:
        return SIGN_DONE;
    case STEP_PROBLEM:
        return SIGN_BAD;
    case STEP_SKIPPED:
        return SIGN_SKIPPED;
    case STEP_TODO:
        break;
    }
    return SIGN_DOT;
}

static enum ui_role step_role(enum step_state state)
{
    switch (state) {
    case STEP_HERE:
        return ROLE_ACCENT;
    case STEP_DONE:
        return ROLE_OK;
    case STEP_PROBLEM:
        return ROLE_BAD;
    case STEP_WAITING:
        return ROLE_WARN;
    case STEP_TODO:
    case STEP_SKIPPED:
        break;
    }
    return ROLE_DIM;
}

/* The steps, scrolled so that the current one is seen when there are more than rows. */
static void paint_rail(struct ui *ui, const struct frame *frame, const struct frame_area *area)
{
    int top = area->y + 1, rows = area->message_y - top;
    size_t first = 0;
    if ((int)frame->n_steps > rows && (int)frame->current > rows / 2) {
        first = frame->current - (size_t)(rows / 2);
    }
    for (size_t i = first; i < frame->n_steps && (int)(i - first) < rows; i++) {
        const struct frame_step *step = &frame->steps[i];
        enum step_state state = i == frame->current && step->state != STEP_PROBLEM ? STEP_HERE : step->state;
        int y = top + (int)(i - first);
        if (state != STEP_TODO) {
            ui_put(ui, y, MARGIN + 1, 2, step_role(state), ui_sign(ui, step_sign(state)));
        }
        enum ui_role role = state == STEP_HERE ? ROLE_TITLE : state == STEP_DONE ? ROLE_TEXT : step_role(state);
        char *label = text_ellipsis(ui_text(step->label), RAIL_WIDTH - 5, ui->ascii);
        ui_put(ui, y, MARGIN + 3, RAIL_WIDTH - 5, role, label);
        free(label);
    }
}

char *frame_step_text(const struct frame *frame)
{
    if (frame->n_steps == 0) {
        return NULL;
    }
    /* TRANSLATORS: where we are, e.g. "Step 3 of 8: You"; at most 30 columns */
    return xasprintf(_("Step %zu of %zu: %s"), frame->current + 1, frame->n_steps,
                     ui_text(frame->steps[frame->current].label));
}

/* Right end of the title bar, right to left; returns the column where it starts. */
static int paint_marks(struct ui *ui, const struct frame *frame, const struct frame_area *area, bool switches, int min_x)
{
    int x = ui->cols - MARGIN;
    if (frame->language) {
        /* Where the key works it stands before it: whoever cannot read the rest finds out of it. */
        char *language = xasprintf(switches && ui->cols >= KEY_FROM_COLUMNS ? "F3 %s" : "%s", i18n_language());
        x -= text_width(language);
        ui_put(ui, 0, x, ui->cols - x, ROLE_DIM, language);
        x -= 3;
        free(language);
    }
    if (frame->practice) {
        const char *mark = ui_text(frame->practice);
        x -= text_width(mark);
        if (x >= min_x) {
            ui_put(ui, 0, x, ui->cols - x, ROLE_PRACTICE, mark);
        }
        x -= 3;
    }
    if (!area->rail && frame->n_steps > 0) {
        char *where = frame_step_text(frame);
        /* The scenario's name comes first; the step's is on the page. */
        int room = x - min_x - (frame->scenario && *frame->scenario ? text_width(ui_text(frame->scenario)) + 3 : 0);
        if (text_width(where) > room) {
            free(where);
            /* TRANSLATORS: the same on a narrow window; at most 8 columns */
            where = xasprintf(_("%zu of %zu"), frame->current + 1, frame->n_steps);
        }
        x -= text_width(where);
        if (x >= min_x) {
            ui_put(ui, 0, x, ui->cols - x, ROLE_TEXT, where);
        }
        x -= 3;
        free(where);
    }
    return x;
}

void frame_paint(struct ui *ui, const struct frame *frame, const struct frame_area *area, bool switches)
{
    int x = MARGIN;
    x += ui_put(ui, 0, x, ui->cols - x, ROLE_TITLE, frame->program) + 3;
    int end = paint_marks(ui, frame, area, switches, x);
    if (frame->scenario && *frame->scenario && end - x >= 8) {
        char *scenario = text_ellipsis(ui_text(frame->scenario), end - x, ui->ascii);
        ui_put(ui, 0, x, end - x, ROLE_TEXT, scenario);
        free(scenario);
    }
    if (area->y == 2) {
        ui_rule(ui, 1, MARGIN, ui->cols - 2 * MARGIN);
        ui_rule(ui, area->footer_y - 1, MARGIN, ui->cols - 2 * MARGIN);
    }
    if (area->rail) {
        paint_rail(ui, frame, area);
    }
}

void frame_paint_message(struct ui *ui, const struct frame_area *area, enum frame_message kind, const char *text)
{
    /* To add a kind: a row. */
    static const struct {
        enum ui_role role;
        enum ui_sign sign;
    } rows[] = {
        [MESSAGE_NONE] = {ROLE_TEXT, SIGN_DOT}, [MESSAGE_HINT] = {ROLE_DIM, SIGN_COUNT},
        [MESSAGE_OK] = {ROLE_OK, SIGN_DONE},    [MESSAGE_WARN] = {ROLE_WARN, SIGN_WARN},
        [MESSAGE_BAD] = {ROLE_BAD, SIGN_BAD},
    };
    int x = MARGIN, columns = ui->cols - 2 * MARGIN;
    ui_fill(ui, area->message_y, 0, ui->cols, ROLE_TEXT);
    if (kind == MESSAGE_NONE || !text || !*text) {
        return;
    }
    if (rows[kind].sign != SIGN_COUNT) {
        int used = ui_put(ui, area->message_y, x, 2, rows[kind].role, ui_sign(ui, rows[kind].sign)) + 1;
        x += used;
        columns -= used;
    }
    char *cut = text_ellipsis(text, columns, ui->ascii);
    ui_put(ui, area->message_y, x, columns, rows[kind].role, cut);
    free(cut);
}
