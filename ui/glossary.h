/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_GLOSSARY_H
#define CMCW_UI_GLOSSARY_H
/* The words of the trade that pages use, explained for somebody who meets them for the first time. Shown from every help page (F2). */
#include "base/mem.h"

/* "Term\n  explanation\n\n" for each, translated. Caller frees. */
char *glossary_text(void) MUST_CHECK;
#endif
