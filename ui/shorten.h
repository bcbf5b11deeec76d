/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_SHORTEN_H
#define CMCW_UI_SHORTEN_H
/*
 * A page as ncurses writes it, in fewer octets that show the same: over a slow line each counts. ncurses follows the description of
 * the terminal word by word, which for the xterm family leaves the alternate character set at every change of attributes, and puts
 * attributes back that are off. For terminals of the ANSI family (ECMA-48) only.
 */
#include <stddef.h>

/* In place; returns the new length, which is never larger. */
size_t shorten(char *text, size_t len);
#endif
