/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TOOLS_DOGTAG_ARGS_H
#define CMCW_TOOLS_DOGTAG_ARGS_H
/* What PKCS10Client, CRMFPopClient and the other tools with short options share. */
#include "base/bytes.h"

struct err;
struct key;

struct dogtag_arg {
    const char *name; /* "-d" */
    char **value;     /* takes the next argument; may be NULL */
    bool *flag;       /* set; may be NULL */
};
/* False with the index of the first argument that no row takes, or that lacks its value. The last one wins. */
bool dogtag_args(const struct dogtag_arg *rows, size_t n, int argc, char **argv, int *bad) MUST_CHECK;
/* The same as Java's commons-cli reads it: one dash or two, a value behind '=' of a long option, or glued to a short one.
 * Words of no option, and all behind "--", are ignored, which is said on standard error. */
bool dogtag_cli_args(const char *tool, const struct dogtag_arg *rows, size_t n, int argc, char **argv, int *bad) MUST_CHECK;
/* "mldsa", "mlkem": key types of Dogtag 11.10. */
bool dogtag_is_post_quantum(const char *type);
/* Decimal within limits. */
bool dogtag_number(const char *text, long min, long max, int *out) MUST_CHECK;
enum dn_mode {
    DN_TYPED = 1,     /* values may begin with "UTF8String:", "PrintableString:" ... (-k true) */
    DN_PRINTABLE = 2, /* PrintableString where its characters do, as CRMFPopClient writes; else UTF8String */
};
/* Appended. ERR_NSS_DN_*. */
bool dogtag_dn(const char *text, unsigned mode, struct buf *der, struct err *err) MUST_CHECK;
/* OUTPUT.keyId, without line end. *text is the caller's in any case. */
bool dogtag_write_key_id(const char *output, struct key *key, char **text, struct err *err) MUST_CHECK;
#endif
