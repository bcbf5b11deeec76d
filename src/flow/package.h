/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_PACKAGE_H
#define CMCW_FLOW_PACKAGE_H
/*
 * Hand-over packages (.cmcpkg): a request on its way from a user's machine to an agent's, and the answer or the refusal
 * on its way back. Plain JSON, at most PACKAGE_MAX octets, one flat object of texts; the schema is
 * data/schema/package.schema.json. There is no place for a secret in it. Members, by kind: "request"  id (the saved
 * enrollment), purpose, profile, subject (as in the CSR), note, content = the CSR as PEM "answer"   id and request
 * (both absent when a bare CSR was answered), subject, content = the CMC answer in base64, chain = PEM "refusal"  id,
 * request, subject, reason = what the agent writes to the person who asked "request" in an answer is the digest of the
 * request package that it belongs to: an answer to another enrollment, or to what was handed over before the request
 * was edited, is not taken.
 *
 * Canonical form (what the digest is made of): the octets "cmcpkg1;" and then, for each member in the order of struct
 * package, whether it is there or not,  LEN ":" NAME "=" LEN ":" VALUE ";"  with LEN as decimal number of octets and
 * texts as UTF-8. An absent member has the value "". White space, order of members and escapes in the file do not
 * count; everything that a person or program reads does, so any change of it changes the digest. The first 64 bits are
 * shown on both sides as 20 digits (package_readout) or eight words (package_readout_words), to be compared on the
 * phone.
 *
 * A package comes from outside: members have sizes and alphabets (package.c), names that are not known are refused, and
 * what people see holds no control or bidi characters.
 */
#include "base/bytes.h"

#define HANDOVER_VERSION 1
#define PACKAGE_MAX BUF_MAX_TEXT

#define PACKAGE_REQUEST "request"
#define PACKAGE_ANSWER "answer"
#define PACKAGE_REFUSAL "refusal"

struct package {
    char *kind, *id, *purpose, *profile, *subject, *note, *request, *reason, *content,
        *chain; /* never NULL after parse; UTF-8 */
};

/* Cheap look at the first octets: a JSON object. */
bool package_looks_like(struct bytes text);
/* ERR_FLOW_PACKAGE_BAD (damaged, or not a package), ERR_FLOW_PACKAGE_VERSION, ERR_FLOW_PACKAGE_HOSTILE. */
bool package_parse(struct bytes text, struct package *out, struct err *err) MUST_CHECK;
/* The package is of this kind: ERR_FLOW_PACKAGE_KIND. */
bool package_expect(const struct package *p, const char *kind, struct err *err) MUST_CHECK;
/* An answer or refusal belongs to the enrollment id, and to the request package with this digest (hex, may be NULL).
 * ERR_FLOW_PACKAGE_KIND, ERR_FLOW_PACKAGE_OTHER, ERR_FLOW_PACKAGE_STALE. */
bool package_belongs(const struct package *p, const char *id, const char *digest, struct err *err) MUST_CHECK;
/* NULL members are left out. Caller frees. */
char *package_print(const struct package *p) MUST_CHECK;
/* SHA-256 of the canonical form. An open nssdb is needed (NSSDB_NONE will do), else false. */
bool package_digest(const struct package *p, uint8_t sha256[32]) MUST_CHECK;
/* The digest as hex, as 20 digits in groups, as eight words; "" without NSS. Callers free. */
char *package_digest_hex(const struct package *p) MUST_CHECK;
char *package_readout(const struct package *p) MUST_CHECK;
char *package_readout_words(const struct package *p) MUST_CHECK;
/* All members "". */
void package_blank(struct package *p);
void package_release(struct package *p);
#endif
