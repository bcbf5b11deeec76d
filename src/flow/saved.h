/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_FLOW_SAVED_H
#define CMCW_FLOW_SAVED_H
/* What can be done with a saved enrollment besides continuing it. */
#include "base/mem.h"

struct err;
struct secrets;
struct session;

enum saved_key { SAVED_KEY_REMOVE, SAVED_KEY_KEEP, SAVED_KEY_LEFT };

/* Was a key made for it that may have no certificate? Then a person is asked what becomes of it. */
bool saved_made_key(const char *base, const char *id);
/* Wipes its files, after removing the key that it made when that key has no certificate and is not to be kept. *key (may be NULL)
 * becomes SAVED_KEY_LEFT when it could not be reached and stays. ERR_FLOW_CANCELLED: a person was asked for the password and did not
 * want to; nothing is deleted. */
bool saved_delete(const char *base, const char *id, struct secrets *secrets, enum saved_key wish, enum saved_key *key,
                  struct err *err) MUST_CHECK;
/* The answer to a handed-over request: an answer package, a CMC answer (DER, PEM, base64), or a certificate or chain. It is only
 * stored here; the run judges it. ERR_FLOW_PACKAGE_BAD. */
bool saved_take_answer(struct session *session, const char *path, struct err *err) MUST_CHECK;
/* Whether a person has to vouch for the chain in the answer package that was taken: no description, earlier visit or answer does.
 * Then subjects has one line each (visible), and print two indented lines with the SHA-256 fingerprint of the CA's certificate, as
 * fingerprint has in one. Callers free; untouched when false. */
bool saved_answer_asks(const struct session *session, char **subjects, char **print, char **fingerprint);
/* Where the CA is (ca, host, port …): copied from the enrollment that brought the certificate with this serial number into this
 * folder, when it is still saved. False when there is none. */
bool saved_take_ca(struct session *session, const char *base, const char *serial, const char *dbdir);
#endif
