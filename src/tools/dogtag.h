/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TOOLS_DOGTAG_H
#define CMCW_TOOLS_DOGTAG_H
/*
 * What the tools under Dogtag's names share: English in every locale, Dogtag's layout on standard output, our own
 * explanation of a failure on standard error, exit 0 only when all was done, else 1. Nobody is asked anything: scripts
 * run these.
 */
#include <stdio.h>

#include "base/bytes.h"
#include "base/secret.h"

struct cert;
struct cfg;
struct engine;
struct err;
struct secrets;

/* Explains err on standard error ("CMCRequest: error: ..."), releases it, returns 1. */
int dogtag_fail(const char *tool, struct err *err);
/* "12 -3 4 ": octets as Java prints an array of bytes. */
void dogtag_print_octets(FILE *out, struct bytes octets);
/* Base64 in 76 columns ending in CRLF, as Java's MIME encoder with a line end. False when it does not fit into memory
 * limits. */
bool dogtag_print_base64(FILE *out, struct bytes octets);
/* PEM with Dogtag's columns: 76, CRLF, an LF behind the armour lines. */
bool dogtag_pem(struct bytes der, const char *label, struct buf *out);
/* The token's password, from the command line: wiped there (as far as the system allows) after it was copied. */
void dogtag_take_password(struct secrets *secrets, char *argument);
/* The same for a secret of another name (flow/secrets.h). */
void dogtag_take_secret(struct secrets *secrets, const char *name, char *argument);
/* Dogtag's first check of a cfg: "Missing host name." and its usage. rows end with an empty text. */
struct dogtag_missing {
    int key;          /* enum cfg_key_id */
    const char *text; /* "Missing nickname." */
};
/* Prints the text of the first row whose key is unset; false when all are there. */
bool dogtag_say_missing(const struct cfg *cfg, const struct dogtag_missing *rows, size_t n);
/* A cfg file as the tool's usage shows it: every key of the dialect with its help and default. */
void dogtag_usage(const char *tool, int dialect);

/* ---- src/tools/java_cert.c: certificates as JSS prints them ---- */
/* Indented by 4 columns per level, starting with one level. Dates are UTC whatever the time zone of the process is. */
void java_cert_print(FILE *out, const struct cert *cert);
/* "EEEE, MMMM d, y 'at' h:mm:ss a zzzz" of Java's English locale, then the zone's id. Caller frees. */
char *java_date_full(int64_t when) MUST_CHECK;
/* "Fri Nov 20 22:48:13 UTC 2026": Date.toString(). Caller frees. */
char *java_date(int64_t when) MUST_CHECK;
/* "13/Sep/2020:12:26:40 UTC". Caller frees. */
char *java_date_log(int64_t when) MUST_CHECK;
/* "SHA256withRSA - 1.2.840.113549.1.1.11" of an AlgorithmIdentifier. Caller frees. */
char *java_algorithm(struct bytes alg_id_der) MUST_CHECK;
/* "CN=Test User, O=EXAMPLE". Caller frees. */
char *java_name(struct bytes name_der) MUST_CHECK;

/* ---- lines of CMCResponse, also used for the first answer by CMCRequest ---- */
struct cmc_response;
/* Prints the controls. prefix is put before each line ("processEncryptedPopResponse: "). */
void dogtag_print_controls(FILE *out, const struct cmc_response *r, const char *prefix);

/* ---- src/tools/dogtag_cmcrequest_lines.c ---- */
struct engine_request;
/* Everything that CMCRequest says between its start and "is stored in", made from the finished message. */
bool dogtag_print_request(FILE *out, const struct cfg *cfg, const struct engine_request *request,
                          struct err *err) MUST_CHECK;
/* ---- src/tools/dogtag_cmcrequest_failure.c ---- */
/* What CMCRequest of Dogtag prints where it stops for this reason, if it is known here; false when it is not. */
bool dogtag_say_request_failure(const struct cfg *cfg, const struct err *err);
#endif
