/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_MEM_H
#define CMCW_BASE_MEM_H
/*
 * Allocation for small pieces: these never return NULL, they end the program when memory is exhausted.
 * Anything whose size comes from outside is bounded first (struct buf has a maximum).
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Says so and aborts. */
_Noreturn void mem_exhausted(void);
void *xmalloc(size_t size) MUST_CHECK;
void *xcalloc(size_t count, size_t size) MUST_CHECK;
void *xrealloc(void *old, size_t size) MUST_CHECK;
char *xstrdup(const char *s) MUST_CHECK;              /* NULL gives NULL */
char *xstrndup(const char *s, size_t len) MUST_CHECK;
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2) MUST_CHECK;
char *xvasprintf(const char *fmt, va_list ap) PRINTF_LIKE(1, 0) MUST_CHECK;
/* Overwrites memory in a way that the compiler may not leave out. */
void mem_wipe(void *data, size_t len);
#endif
