/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_I18N_H
#define CMCW_BASE_I18N_H
/*
 * gettext. N_() in tables, _() at use; C_(context, text) for short labels; ngettext() for numbers.
 * Put "TRANSLATORS: at most N columns" above a text that has a width.
 * Drop-ins of Dogtag's tools never call i18n_init: their output stays English in every locale.
 */
#include <libintl.h>
#include <stdbool.h>

#define _(text) gettext(text)
#define N_(text) text
#define C_(context, text) i18n_context(context "\004" text, text)
#define NC_(context, text) context "\004" text

/* setlocale, bindtextdomain: the catalogues of CMC_WIZARD_LOCALEDIR, else those of the build tree when the program runs
 * there, else the installed ones. When the locale is missing or C, LC_CTYPE falls to C.UTF-8 so that names still show;
 * a locale that is named but not installed still gives its language. Returns false when not even C.UTF-8 is there. */
bool i18n_init(void);
/* Translation of a NC_() row or a context\004text string; falls back to the text after the \004. */
const char *i18n_context(const char *msgctxt_id, const char *text);
const char *i18n_row(const char *nc_text);
/* Language code of the messages in use: "en" when untranslated, else e.g. "de". */
const char *i18n_language(void);
/* True where the environment says no language: LANGUAGE, LC_ALL and LC_MESSAGES are not set, and LANG is not either or is
 * C. Who sets LC_ALL=C asks for English. */
bool i18n_is_unsaid(void);
/* Switches the messages to another language at run time ("" = the system's own). False, and nothing changed, when no
 * catalogue or no locale serves. */
bool i18n_switch(const char *language);
/* Codes of the catalogues that are installed, comma separated, "en" first; static memory. */
const char *i18n_available(void);
#endif
