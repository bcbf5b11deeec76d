/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_PICKER_H
#define CMCW_UI_PICKER_H
/* A list that fills the page: typing filters it. And a file picker made of it. Full screen only. */
#include "ui/form.h"

#define PICKER_NONE (-1)   /* Esc */
#define PICKER_SIGNAL (-2) /* ui->signal */

struct picker {
    const char *title;   /* translated */
    const char *columns; /* translated headings divided by tabs; NULL or "" = none */
    const struct choices *choices;
    size_t row;    /* where to start */
    int first_key; /* a character typed already, or 0 */
};

/* Index of the chosen row, or one of the above. */
int picker_run(struct ui *ui, const struct picker *picker) MUST_CHECK;
/* Path chosen, or NULL. start may be a file, a folder or "". Caller frees. */
char *picker_file(struct ui *ui, const char *title, const char *start, bool folder) MUST_CHECK;
#endif
