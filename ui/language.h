/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_LANGUAGE_H
#define CMCW_UI_LANGUAGE_H
/* Choosing the language while the program runs: F3 on every page, ":language" among the prompts. */
#include "ui/form.h"

/* Asks which language, each under its own name, and switches. True when it is another one now: whatever was translated
 * before has to be made anew. */
bool language_choose(struct ui *ui, const struct frame *frame) MUST_CHECK;
/* Is this the page that asks? There the key does nothing. */
bool language_is_page(const struct page *page);
/* "Deutsch": a language's own name; the code itself for one that has no row here. */
const char *language_name(const char *code);
#endif
