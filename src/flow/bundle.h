/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_BUNDLE_H
#define CMCW_FLOW_BUNDLE_H
/*
 * The support bundle: one text file that a person can read before giving it away; the preview is the file.
 *
 *     cmc-wizard support bundle 1
 *     ==== manifest ====          each part with its size; each withheld file with the reason
 *     ==== about ====             program, system, terminal, language
 *     ==== answers ====           by the answer table, so no secret can be among them
 *     ==== facts ==== ... ==== journal ==== ... ==== cmc-request.cfg ==== (secret keys' values left out) ... ==== card ====
 *
 * It is an allow-list: a file that is not named in bundle.c is only listed as withheld. Messages are withheld because they hold
 * proofs made with a secret. As a last line of defence every secret that this process knows is searched for in every part and in
 * the names of files. Names are masked on request, where they are words of their own in a value: the same name gets the same mask
 * all through. Sizes are those of the parts as they stand in the bundle. To add a part: a row in PARTS (bundle.c).
 */
#include "base/mem.h"

struct err;
struct secrets;
struct session;

struct bundle_options {
    bool mask_names; /* user ids, subjects, hosts, e-mail addresses, the home folder */
};

/* session may be NULL: then only the part about the system is there. secrets may be NULL. Caller frees. */
char *bundle_text(const struct session *session, const struct secrets *secrets, const struct bundle_options *options) MUST_CHECK;
/* bundle_text to a file, mode 0600. */
bool bundle_write(const char *text, const char *path, struct err *err) MUST_CHECK;
#endif
