/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_STRV_H
#define CMCW_BASE_STRV_H
/* A list of strings that it owns; v is NULL terminated when not NULL (usable as argv). */
#include "base/mem.h"

struct strv {
    char **v;
    size_t n;
};
#define STRV_INIT {NULL, 0}

void strv_push(struct strv *s, const char *copied);
void strv_push_take(struct strv *s, char *taken);
void strv_pushf(struct strv *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool strv_has(const struct strv *s, const char *text);
/* Splits at each occurrence of one character; empty parts are kept. */
void strv_split(struct strv *s, const char *text, char at);
char *strv_join(const struct strv *s, const char *between) MUST_CHECK;
void strv_release(struct strv *s);
#endif
