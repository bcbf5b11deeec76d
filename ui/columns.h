/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_COLUMNS_H
#define CMCW_UI_COLUMNS_H
/* Rows whose parts are divided by tabs, set in columns. */
#include "ui/form.h"

#define COLUMNS_MAX 8

struct columns {
    size_t n;
    int width[COLUMNS_MAX];
    int total;
};

/* Widths for all rows and the headings (translated, may be NULL) within total columns; the widest give way first. A row without a tab
 * among others ("another one") has all columns to itself. */
void columns_measure(struct columns *c, const struct choices *choices, const char *headings, int total);
/* One row, padded and cut; caller frees. */
char *columns_row(const struct columns *c, const char *label, bool ascii) MUST_CHECK;
/* Does the row contain what was typed, whatever the case? */
bool columns_match(const char *label, const char *typed);
#endif
