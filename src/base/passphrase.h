/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_PASSPHRASE_H
#define CMCW_BASE_PASSPHRASE_H
/*
 * Shared secrets that people read to each other: making one, and judging one that was typed. A witness made with a shared
 * secret can be tried offline by whoever holds the message, so its strength is counted in guesses, not in attempts at a door.
 */
#include "base/secret.h"

#define PASSPHRASE_GROUPS 5
#define PASSPHRASE_BITS (PASSPHRASE_GROUPS * 16) /* of a generated one */
#define PASSPHRASE_LEN (PASSPHRASE_GROUPS * 6 - 1)

enum passphrase_rating { PASSPHRASE_WEAK /* below 48 bits */, PASSPHRASE_FAIR, PASSPHRASE_STRONG /* 80 bits and more */ };

/* Five pronounceable groups of 16 random bits, "lusab-babad-gutih-tugad-mudof": lower-case letters and hyphens only,
 * safe to read out on the phone. */
void passphrase_generate(struct secret *out);
/* Bits of a typed one, estimated low: repeated and counted characters are worth one bit, letters in words a little over two. */
int passphrase_bits(const struct secret *s);
enum passphrase_rating passphrase_rate(int bits);
/* Translated sentence: "Easily guessed; …". */
const char *passphrase_rating_text(enum passphrase_rating rating);
/* Printable ASCII (blank to tilde): servers count characters where clients count octets, so that others never match. */
bool passphrase_is_ascii(const char *text, size_t len);
#endif
