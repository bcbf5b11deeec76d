/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_SECRET_H
#define CMCW_BASE_SECRET_H
/*
 * Passwords and shared secrets. The memory is locked where the system allows it, and wiped on release.
 * A secret never reaches argv, the environment, a log, JSON or a core dump; there is no function that prints one.
 */
#include "base/bytes.h"

struct secret {
    char *text; /* owned, NUL terminated; NULL = none (an empty password is "") */
    size_t len;
};
#define SECRET_INIT {NULL, 0}
#define SECRET_MAX 4096 /* octets */

void secret_set(struct secret *s, const char *text, size_t len);
void secret_copy(struct secret *dst, const struct secret *src);
void secret_release(struct secret *s);
static inline bool secret_is_set(const struct secret *s) { return s->text != NULL; }
/* Room for a secret that is still being typed: locked and undumpable like the others, all zero. Never moved; the second wipes it. */
char *secret_room_new(size_t room) MUST_CHECK;
void secret_room_free(char *memory, size_t room); /* the same room; NULL ok */
/* First line, without its end of line. ERR_SECRET_SOURCE. */
bool secret_read_fd(struct secret *s, int fd, struct err *err) MUST_CHECK;
bool secret_read_file(struct secret *s, const char *path, struct err *err) MUST_CHECK;
/* NSS password file: lines "token:password" (or, as in Dogtag's password.conf, "token=password" and
 * "hardware-token=password"), or one line with the password for every token; but one that begins with "internal:" or
 * "internal=" is not used for another token: a wrong try could lock a smart card. token_name is the NSS token name
 * ("internal" and "NSS Certificate DB" both mean the internal one). */
bool secret_read_nss_password_file(struct secret *s, const char *path, const char *token_name,
                                   struct err *err) MUST_CHECK;
/* Asks on the controlling terminal with echo off. ERR_SECRET_NEEDED without one, ERR_SECRET_CANCELLED on Ctrl-C. */
bool secret_prompt_tty(struct secret *s, const char *prompt, struct err *err) MUST_CHECK;
/* No core dumps, not traceable: call first in every main. */
void secret_harden_process(void);
#endif
