/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/passphrase.h"

#include <ctype.h>
#include <string.h>

#include "base/i18n.h"

static const char CONSONANTS[] = "bdfghjklmnprstvz"; /* 4 bits each */
static const char VOWELS[] = "aiou";                 /* 2 bits each */

/* Consonant, vowel, consonant, vowel, consonant: 16 bits. */
static void put_group(uint16_t bits, char *out)
{
    out[0] = CONSONANTS[bits >> 12 & 15];
    out[1] = VOWELS[bits >> 10 & 3];
    out[2] = CONSONANTS[bits >> 6 & 15];
    out[3] = VOWELS[bits >> 4 & 3];
    out[4] = CONSONANTS[bits & 15];
}

void passphrase_generate(struct secret *out)
{
    char text[PASSPHRASE_LEN + 1];
    uint16_t random[PASSPHRASE_GROUPS];
    bytes_random(random, sizeof(random));
    for (size_t i = 0; i < PASSPHRASE_GROUPS; i++) {
        put_group(random[i], text + i * 6);
        text[i * 6 + 5] = i + 1 < PASSPHRASE_GROUPS ? '-' : '\0';
    }
    secret_set(out, text, PASSPHRASE_LEN);
    mem_wipe(random, sizeof(random));
    mem_wipe(text, sizeof(text));
}

/* Only groups of the generated form: number of them, else 0. */
static int count_groups(const char *text, size_t len)
{
    if (len % 6 != 5) {
        return 0;
    }
    for (size_t i = 0; i < len; i++) {
        const char *set = i % 6 == 5 ? "-" : i % 6 % 2 == 0 ? CONSONANTS : VOWELS;
        if (!memchr(set, text[i], strlen(set))) {
            return 0;
        }
    }
    return (int)(len + 1) / 6;
}

/* Bits of one character after the one before it. */
static double worth(const char *text, size_t i)
{
    unsigned char c = (unsigned char)text[i];
    if (i > 0) {
        int step = c - (unsigned char)text[i - 1];
        if (step >= -1 && step <= 1) { /* aaa, abc, 321 */
            return 1;
        }
    }
    bool in_word = isalpha(c) && i > 0 && isalpha((unsigned char)text[i - 1]);
    if (in_word) {
        return 2.3 + (isupper(c) && !isupper((unsigned char)text[i - 1]) ? 1 : 0);
    }
    return isdigit(c) ? 3.3 : isalpha(c) ? 4.7 : 5;
}

int passphrase_bits(const struct secret *s)
{
    double bits = 0;
    if (!secret_is_set(s)) {
        return 0;
    }
    int groups = count_groups(s->text, s->len);
    for (size_t i = 0; groups < PASSPHRASE_GROUPS && i < s->len; i++) {
        bits += worth(s->text, i);
    }
    return groups >= PASSPHRASE_GROUPS ? groups * 16 : (int)bits;
}

enum passphrase_rating passphrase_rate(int bits)
{
    return bits < 48 ? PASSPHRASE_WEAK : bits < PASSPHRASE_BITS ? PASSPHRASE_FAIR : PASSPHRASE_STRONG;
}

const char *passphrase_rating_text(enum passphrase_rating rating)
{
    static const char *const texts[] = {
        [PASSPHRASE_WEAK] = N_("Easily guessed by a machine: better let one be made."),
        [PASSPHRASE_FAIR] = N_("Fair: good enough for a few days, if it is used once."),
        [PASSPHRASE_STRONG] = N_("Strong."),
    };
    return _(texts[rating]);
}

bool passphrase_is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] < ' ' || text[i] > '~') {
            return false;
        }
    }
    return true;
}
